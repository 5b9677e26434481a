import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError } from "@medusajs/framework/utils"
import { readCurrencyDecimals } from "../../catalog/prices/prices"
import { metaCatalog, type CatalogRow } from "../open-catalog"
import { MOST_SINGLE_ITEMS } from "../push/send-items"

/** What the transport depends on. */
type TransportSettings = { transport?: "items_batch" | "item_node"; pushes_prices?: boolean; currency_code?: string }

/**
 * Refuses single-item updates where they would do harm: beside a feed (seed 0: it does not know of them), for more items than
 * they are meant for, and for prices that hundredths cannot say for sure (CONTRACT 4.2).
 *
 * @param stored the catalogue that is changed, null for a new one
 * @throws MedusaError whose message starts with the field it is about.
 */
export async function checkTransport(container: MedusaContainer, settings: TransportSettings, stored: CatalogRow | null): Promise<void> {
  const transport = settings.transport ?? stored?.transport
  if (transport !== "item_node") {
    return
  }
  const module = metaCatalog(container)
  if (stored && stored.transport !== "item_node") {
    const [feed] = await module.listFeeds({ catalog_id: stored.id }, { select: ["id"], take: 1 })
    refuseIf(feed !== undefined, "transport: this catalogue has a feed, and items of a feed must not be updated one by one")
    const listed = await module.singleItems.countListed({ catalogId: stored.id })
    refuseIf(listed > MOST_SINGLE_ITEMS, `transport: single-item updates are for at most ${MOST_SINGLE_ITEMS} items, and this catalogue has ${listed}`)
  }
  const currency = settings.currency_code ?? stored?.currency_code ?? ""
  if (settings.pushes_prices ?? stored?.pushes_prices) {
    const decimals = await readCurrencyDecimals(container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION), currency)
    const message = `pushes_prices: single-item updates write prices in hundredths, which does not fit ${currency.toUpperCase()}; use items_batch`
    refuseIf(decimals !== 2, message)
  }
}

function refuseIf(isRefused: boolean, message: string): void {
  if (isRefused) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}
