import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { isSettable } from "../../../catalog/columns/column-mapping"
import type { ColumnSource } from "../../../catalog/columns/column-source"
import { defaultSources } from "../../../catalog/columns/default-sources"
import { FEED_FIELDS, type FeedField, type FeedFieldName } from "../../../catalog/columns/field-table"
import { query } from "../../../catalog/store/query"
import { SOURCE_PATHS } from "../../../catalog/columns/source-paths"
import { exampleItem } from "../../../workflows/columns/example-item"
import { columnSettingsOf } from "../../../workflows/catalogs/item-settings-of"
import { metaCatalog, type CatalogRow } from "../../../workflows/open-catalog"
import type { AdminColumn, AdminColumns, AdminSourceNames } from "./column-types"

/** Products and variants that are looked at for names. */
const LOOKED_AT = 2_000
const MOST_NAMES = 200

/** Every column with its source and what it gives for one item: of this product, or of the first one that is offered. */
export async function readColumns(container: MedusaContainer, catalog: CatalogRow, productId?: string): Promise<AdminColumns> {
  const module = metaCatalog(container)
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const [settings, example, names] = await Promise.all([
    columnSettingsOf(module, { catalogId: catalog.id }),
    exampleItem(container, catalog, productId),
    readNames(sql, catalog.sales_channel_id),
  ])
  const hook = module.options.mapItem
  return {
    columns: FEED_FIELDS.map((field) => ({
      ...facts(field),
      source: (settings.get(field.name) as readonly ColumnSource[] | undefined) ?? null,
      value: example?.cells[field.name] ?? "",
      default_value: example?.defaultCells[field.name] ?? "",
    })),
    example: example && { product_id: example.productId, variant_id: example.variantId, title: example.title, variant_title: example.variantTitle },
    names,
    map_item: hook ? { columns: [...hook.columns], unknown_columns: hook.columns.filter((name) => !isSettable(name)) } : null,
  }
}

function facts({ name, group, kind, required, maxLength, fixed, shared }: FeedField & { name: FeedFieldName }): Omit<AdminColumn, "source" | "value" | "default_value"> {
  return {
    field: name,
    group,
    kind: kind.is,
    required,
    max_length: maxLength,
    values: kind.is === "choice" || kind.is === "choices" ? kind.values : null,
    range: kind.is === "number" ? { lowest: kind.lowest, highest: kind.highest, whole: kind.isWhole } : null,
    parts: kind.is === "object" ? kind.keys : kind.is === "unit_price" ? ["value", "currency", "unit"] : null,
    settable: !fixed,
    same_for_variants: shared ?? false,
    default_source: defaultSources(name),
  }
}

async function readNames(sql: Knex, salesChannelId: string): Promise<AdminSourceNames> {
  const rows = await query<{ of: "product" | "variant" | "option"; name: string }>(
    sql,
    `with offered as (
       select p.id, p.metadata from product p
       join product_sales_channel psc on psc.product_id = p.id and psc.sales_channel_id = :salesChannelId and psc.deleted_at is null
       where p.deleted_at is null and p.status = 'published' order by p.updated_at desc limit ${LOOKED_AT}),
     variants as (
       select v.metadata from offered o join product_variant v on v.product_id = o.id and v.deleted_at is null limit ${LOOKED_AT}),
     keys as (
       select 'product' as of, jsonb_object_keys(metadata) as name from offered where jsonb_typeof(metadata) = 'object'
       union select 'variant', jsonb_object_keys(metadata) from variants where jsonb_typeof(metadata) = 'object'
       union select 'option', o.title from product_option o where o.deleted_at is null)
     select of, name from keys order by of, name limit ${3 * MOST_NAMES}`,
    { salesChannelId }
  )
  const namesOf = (of: string) => rows.filter((row) => row.of === of).slice(0, MOST_NAMES).map((row) => row.name)
  return { paths: SOURCE_PATHS, options: namesOf("option"), metadata: { product: namesOf("product"), variant: namesOf("variant") } }
}
