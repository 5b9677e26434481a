import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { toStored, type StoredCells } from "../../catalog/columns/field-table"
import { mapItem } from "../../catalog/items/map-item"
import { mapProduct } from "../../catalog/items/map-product"
import { streamProductSources, type VariantSource } from "../../catalog/store/product-sources"
import { quantityToSell } from "../../catalog/stock/quantity-to-sell"
import { openSnapshot, query } from "../../catalog/store/query"
import { retailerId } from "../../catalog/items/retailer-id"
import { openPrices } from "../catalogs/catalog-prices"
import { itemSettingsOf } from "../catalogs/item-settings-of"
import { metaCatalog, scopeOf, type CatalogRow } from "../open-catalog"

/** One item as a build would write it now. */
export type ExampleItem = {
  productId: string
  variantId: string
  title: string
  variantTitle: string
  cells: StoredCells
  /** Without what is set about columns, and without the store's own code. */
  defaultCells: StoredCells
}

/**
 * Maps one offered variant by a catalogue's settings: the first of this product, or of the product that was changed last. Null where none
 * is offered.
 */
export async function exampleItem(container: MedusaContainer, catalog: CatalogRow, productId?: string): Promise<ExampleItem | null> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const variantId = await offeredVariant(sql, catalog.sales_channel_id, productId)
  if (variantId === null) return null
  const settings = await itemSettingsOf({ sql, module: metaCatalog(container) }, catalog)
  const scope = scopeOf(catalog)
  const priceVariants = await openPrices(container, scope)
  const snapshot = await openSnapshot(sql)
  try {
    for await (const page of streamProductSources(snapshot, scope, { pageSize: 1, priceVariants, variantIds: [variantId], details: settings.columns?.details })) {
      const [variant] = page.variants
      const product = mapProduct(page.products.get(variant.productId)!, settings)
      const id = variant.item?.retailerId ?? retailerId(variant, catalog.retailer_id_scheme)
      const stock = stockCells(variant)
      return {
        productId: variant.productId,
        variantId: variant.id,
        title: product.source.title,
        variantTitle: variant.title,
        cells: { ...toStored(mapItem(variant, product, settings, id).row), ...stock },
        defaultCells: { ...toStored(mapItem(variant, product, { ...settings, columns: null }, id).row), ...stock },
      }
    }
  } finally {
    await snapshot.rollback()
  }
  return null
}

async function offeredVariant(sql: Knex, salesChannelId: string, productId?: string): Promise<string | null> {
  const [found] = await query<{ id: string }>(
    sql,
    `select v.id from product p
     join product_sales_channel psc on psc.product_id = p.id and psc.sales_channel_id = :salesChannelId and psc.deleted_at is null
     join product_variant v on v.product_id = p.id and v.deleted_at is null
     where p.deleted_at is null and p.status = 'published' and (cast(:productId as text) is null or p.id = :productId)
     order by p.updated_at desc, p.id, v.variant_rank, v.id limit 1`,
    { salesChannelId, productId: productId ?? null }
  )
  return found?.id ?? null
}

function stockCells({ stock, policy }: VariantSource): StoredCells {
  const { quantity, availability } = quantityToSell(stock, policy)
  return { availability, status: "active", ...(quantity === null ? {} : { quantity_to_sell_on_facebook: String(quantity) }) }
}
