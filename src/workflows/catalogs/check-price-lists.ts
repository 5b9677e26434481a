import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { variantsOfPriceLists } from "../../catalog/store/affected-variants"
import { readChangedPriceLists } from "../../catalog/prices/changed-price-lists"
import { PRIORITY } from "../../modules/meta-catalog/push/priority"
import { markVariantsDue } from "../marks/mark-due"
import { PRICE_BUILD_MS } from "../marks/mark-heard"
import { metaCatalog } from "../open-catalog"

/**
 * Marks what price lists have changed since the last look: by beginning or ending, which nobody does and so no event tells,
 * or by an edit, for which Medusa 2.21 has no event either. Where the push does not own the prices, the feed carries them.
 * Safe to run twice at once.
 */
export async function checkPriceLists(container: MedusaContainer): Promise<void> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const { catalogs, feeds } = metaCatalog(container)
  const toMark = { byClock: new Set<string>(), edited: new Set<string>() }
  for (const { catalog_id, pushes_prices, since, until } of await catalogs.takePriceChecks()) {
    const { byClock, edited } = await readChangedPriceLists(sql, { since, until })
    if (byClock.length + edited.length > 0) {
      await feeds.requestBuilds({ catalogIds: [catalog_id], withinMs: byClock.length > 0 ? 0 : PRICE_BUILD_MS })
    }
    if (pushes_prices) {
      byClock.forEach((id) => toMark.byClock.add(id))
      edited.forEach((id) => toMark.edited.add(id))
    }
  }
  await markLists(container, { listIds: [...toMark.byClock], reason: "a price list began or ended" })
  await markLists(container, { listIds: [...toMark.edited], reason: "a price list was edited" })
}

async function markLists(container: MedusaContainer, { listIds, reason }: { listIds: string[]; reason: string }): Promise<void> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const { variantIds } = await variantsOfPriceLists(sql, listIds)
  await markVariantsDue(container, { variantIds, reason, priority: PRIORITY.product })
}
