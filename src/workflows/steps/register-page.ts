import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { readKnownItems, type KnownItem } from "../../catalog/known-items"
import type { VariantSource } from "../../catalog/product-sources"
import { isUsableRetailerId, LONGEST_RETAILER_ID, retailerId, type RetailerIdScheme } from "../../catalog/retailer-id"
import type { CatalogScope } from "../../catalog/scope"
import { readStockFacts } from "../../catalog/stock-facts"
import type { Finding } from "../../catalog/validate-item"
import type { Holder } from "../../modules/meta-catalog/item-registration"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"

/** A variant that got no item, and why. */
export type Refusal = { variant: VariantSource; finding: Finding }

/** The items of a page's newcomers by variant id, the items that changed hands, and the variants that got none. */
export type PageRegistration = { items: Map<string, KnownItem>; takenOver: string[]; refusals: Refusal[] }

type Registrar = { sql: Knex; module: MetaCatalogModuleService; scope: CatalogScope; feedId: string; scheme: RetailerIdScheme }

/**
 * Gives the variants of a page that have no item yet one under the retailer id of the catalogue's scheme. An id that
 * belongs to an item no longer offered is taken over with the item; one that another live variant holds is refused, as is
 * one longer than Meta takes.
 */
export async function registerPage(registrar: Registrar, newcomers: VariantSource[]): Promise<PageRegistration> {
  const { module, scope, sql, feedId, scheme } = registrar
  const refusals: Refusal[] = []
  const wanted = new Map<string, VariantSource>()
  for (const variant of newcomers) {
    const id = retailerId(variant, scheme)
    if (!isUsableRetailerId(id)) refusals.push({ variant, finding: tooLong(id) })
    else if (wanted.has(id)) refusals.push({ variant, finding: taken(id) })
    else wanted.set(id, variant)
  }
  if (wanted.size === 0) return { items: new Map(), takenOver: [], refusals }

  const rows = [...wanted].map(([id, variant]) => ({ retailer_id: id, variant_id: variant.id, product_id: variant.productId }))
  const variantIds = rows.map((row) => row.variant_id)
  await module.itemRegistration.registerItems({ catalogId: scope.catalogId, feedId, newcomers: rows })
  let items = await readKnownItems(sql, { catalogId: scope.catalogId, variantIds })
  const without = rows.filter((row) => !items.has(row.variant_id))
  if (without.length === 0) return { items, takenOver: [], refusals }

  const free = await discontinuedHolders(registrar, without.map((row) => row.retailer_id))
  const takeovers = without.flatMap((row) => {
    const holder = free.get(row.retailer_id)
    return holder ? [{ ...row, item_id: holder.item_id, from_variant_id: holder.variant_id }] : []
  })
  const takenOver = takeovers.length > 0 ? await module.itemRegistration.takeOverItems({ takeovers }) : []
  if (takenOver.length > 0) items = await readKnownItems(sql, { catalogId: scope.catalogId, variantIds })
  for (const row of without.filter(({ variant_id }) => !items.has(variant_id))) {
    refusals.push({ variant: wanted.get(row.retailer_id)!, finding: taken(row.retailer_id) })
  }
  return { items, takenOver, refusals }
}

/** Holders whose variants are unpublished, unlinked or deleted, by retailer id. */
async function discontinuedHolders({ module, scope, sql }: Registrar, retailerIds: string[]): Promise<Map<string, Holder>> {
  const holders = await module.itemRegistration.findHolders({ catalogId: scope.catalogId, retailerIds })
  const facts = await readStockFacts(sql, scope, holders.map((holder) => holder.variant_id))
  return new Map(holders.filter((holder) => !facts.get(holder.variant_id)?.isOffered).map((holder) => [holder.retailer_id, holder]))
}

function tooLong(id: string): Finding {
  return {
    code: "retailer_id_too_long",
    severity: "error",
    field: "id",
    title: "SKU is too long for Meta",
    message: `The SKU "${id.slice(0, 40)}…" has ${[...id].length} characters; Meta takes at most ${LONGEST_RETAILER_ID} in an id.`,
    action: "Shorten the SKU of the variant.",
  }
}

function taken(id: string): Finding {
  return {
    code: "retailer_id_taken",
    severity: "error",
    field: "id",
    title: "Another variant has this id at Meta",
    message: `The id "${id}" already belongs to another variant of this catalogue, so this variant is not in the feed.`,
    action: "Give the variant a SKU of its own. An id stays with the variant that had it first until that one is gone.",
  }
}
