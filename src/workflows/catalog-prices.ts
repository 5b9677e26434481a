import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { IPricingModuleService, MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import type { PriceCells } from "../catalog/price-cells"
import { readCurrencyDecimals, type CalculatePrices } from "../catalog/prices"
import type { CatalogScope } from "../catalog/scope"
import { readVariantPrices } from "../catalog/variant-prices"

/** The Pricing Module's calculation with the catalogue's currency and region. */
export function calculatePricesFor(container: MedusaContainer, { currencyCode, regionId }: CatalogScope): CalculatePrices {
  const pricing = container.resolve<IPricingModuleService>(Modules.PRICING)
  const context = { currency_code: currencyCode, ...(regionId ? { region_id: regionId } : {}) }
  return async (priceSetIds) => await pricing.calculatePrices({ id: priceSetIds }, { context })
}

/** Reads prices as a catalogue's push sends them, by variant id; see `readVariantPrices`. */
export type ReadPrices = (variantIds: string[]) => Promise<Map<string, PriceCells>>

/** A reader of present prices for one catalogue. The currency is read once, prices anew at each call. */
export async function openPriceReader(container: MedusaContainer, sql: Knex, scope: CatalogScope): Promise<ReadPrices> {
  const currency = { code: scope.currencyCode, decimals: await readCurrencyDecimals(sql, scope.currencyCode) }
  const calculatePrices = calculatePricesFor(container, scope)
  return async (variantIds) => await readVariantPrices(sql, { variantIds, currency, calculatePrices })
}
