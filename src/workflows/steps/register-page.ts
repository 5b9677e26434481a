import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { newItem, readKnownItems, type KnownItem } from "../../catalog/store/known-items"
import type { VariantSource } from "../../catalog/store/product-sources"
import { isUsableRetailerId, LONGEST_RETAILER_ID, retailerId, type RetailerIdScheme } from "../../catalog/items/retailer-id"
import type { CatalogScope } from "../../catalog/store/scope"
import { readStockFacts } from "../../catalog/stock/stock-facts"
import type { Finding } from "../../catalog/items/validate-item"
import type { Newcomer } from "../../modules/meta-catalog/items/item-registration"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"

/** A variant that got no item, and why. */
export type Refusal = { variant: VariantSource; finding: Finding }

/**
 * The items of a page's newcomers by variant id, the items that changed hands, and the variants that got none. `elsewhere`: variants
 * whose item belongs to another feed, which is the one to write it.
 */
export type PageRegistration = { items: Map<string, KnownItem>; takenOver: string[]; refusals: Refusal[]; elsewhere: Set<string> }

/** `feedId` and `number`, of the feed and the snapshot that takes the newcomers in, are null where a catalogue has no feed. */
type Registrar = {
  sql: Knex
  module: MetaCatalogModuleService
  scope: CatalogScope
  feedId: string | null
  number: number | null
  scheme: RetailerIdScheme
}

/**
 * Gives the variants of a page that have no item yet one under the retailer id of the catalogue's scheme. An id that
 * belongs to an item no longer offered is taken over with the item; one that another live variant holds is refused, as is
 * one longer than Meta takes.
 */
export async function registerPage(registrar: Registrar, newcomers: VariantSource[]): Promise<PageRegistration> {
  const { module, scope, feedId, number, scheme } = registrar
  const refusals: Refusal[] = []
  const wanted = new Map<string, VariantSource>()
  for (const variant of newcomers) {
    const id = retailerId(variant, scheme)
    if (!isUsableRetailerId(id)) refusals.push({ variant, finding: tooLong(id) })
    else if (wanted.has(id)) refusals.push({ variant, finding: taken(id) })
    else wanted.set(id, variant)
  }
  const elsewhere = new Set<string>()
  if (wanted.size === 0) return { items: new Map(), takenOver: [], refusals, elsewhere }

  const rows = [...wanted].map(([id, variant]) => ({ retailer_id: id, variant_id: variant.id, product_id: variant.productId }))
  const made = await module.itemRegistration.registerItems({ catalogId: scope.catalogId, feedId, number, newcomers: rows })
  const items = new Map<string, KnownItem>(made.map((item) => [item.variant_id, newItem({ id: item.id, retailerId: item.retailer_id, feedId, number })]))
  const without = rows.filter((row) => !items.has(row.variant_id))
  if (without.length === 0) return { items, takenOver: [], refusals, elsewhere }

  const takenOver = await takeOver(registrar, without)
  // Also finds what another process registered meanwhile.
  const found = await readKnownItems(registrar.sql, { catalogId: scope.catalogId, variantIds: without.map((row) => row.variant_id) })
  for (const row of without) {
    const item = found.get(row.variant_id)
    if (item && feedId !== null && item.feedId !== null && item.feedId !== feedId) elsewhere.add(row.variant_id)
    else if (item) items.set(row.variant_id, item)
    else refusals.push({ variant: wanted.get(row.retailer_id)!, finding: taken(row.retailer_id) })
  }
  return { items, takenOver, refusals, elsewhere }
}

/** Moves the items whose variants are unpublished, unlinked or deleted to the newcomers that want their ids. */
async function takeOver({ module, scope, sql }: Registrar, newcomers: Newcomer[]): Promise<string[]> {
  const holders = await module.itemRegistration.findHolders({ catalogId: scope.catalogId, retailerIds: newcomers.map((row) => row.retailer_id) })
  const facts = await readStockFacts(sql, scope, holders.map((holder) => holder.variant_id))
  const free = new Map(holders.filter((holder) => !facts.get(holder.variant_id)?.stock.isOffered).map((holder) => [holder.retailer_id, holder]))
  const takeovers = newcomers.flatMap((row) => {
    const holder = free.get(row.retailer_id)
    return holder ? [{ ...row, item_id: holder.item_id, from_variant_id: holder.variant_id }] : []
  })
  return takeovers.length > 0 ? await module.itemRegistration.takeOverItems({ takeovers }) : []
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
    message: `The id "${id}" already belongs to another variant of this catalogue, so this variant is left out.`,
    action: "Give the variant a SKU of its own. An id stays with the variant that had it first until that one is gone.",
  }
}
