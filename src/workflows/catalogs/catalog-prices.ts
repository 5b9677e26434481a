import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { IPricingModuleService, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { calculatedPrice, plainPrice, priceSource, type CalculatedPrice, type PresentPrice, type StoredAmount } from "../../catalog/prices/present-price"
import type { PriceCells } from "../../catalog/prices/price-cells"
import { readCurrencyDecimals, readPriceListDates, type PricedVariant, type PriceVariants } from "../../catalog/prices/prices"
import type { CatalogScope } from "../../catalog/store/scope"
import { readVariantPrices } from "../../catalog/prices/variant-prices"
import { openTaxes, type Taxes } from "./price-tax"

/**
 * Prices as a catalogue tells them, in the feed and in the push alike: for one piece, in its currency and region, for a customer of no
 * group. Only variants that price lists or rules may concern cost a call of the Pricing Module, and only a catalogue that
 * shows prices with or without tax costs calls of the Tax Module: one each for all variants of a call.
 *
 * Region and price preferences are read once, prices and tax rates at each call.
 */
export async function openPrices(container: MedusaContainer, scope: CatalogScope): Promise<PriceVariants> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const pricing = container.resolve<IPricingModuleService>(Modules.PRICING)
  const context = { currency_code: scope.currencyCode, ...(scope.regionId ? { region_id: scope.regionId } : {}) }
  const taxes = await openTaxes(container, scope)
  return async (variants) => {
    const ruled = [...new Set(variants.flatMap(({ hasRules, priceSetId }) => (hasRules && priceSetId ? [priceSetId] : [])))]
    const calculated = new Map<string, CalculatedPrice>()
    if (ruled.length > 0) {
      for (const price of await pricing.calculatePrices({ id: ruled }, { context })) {
        calculated.set(price.id, price)
      }
    }
    const prices = variants.map((variant) => ({ variant, price: presentPrice(variant, calculated, taxes) }))
    const listIds = [...new Set(prices.flatMap(({ price }) => price.listId ?? []))]
    const [lists, shownOf] = await Promise.all([readPriceListDates(sql, listIds), taxes ? taxes.of(prices) : () => asStored])
    return new Map(prices.map(({ variant, price }) => [variant.variantId, priceSource(price, { lists, shown: shownOf(variant.variantId) })]))
  }
}

function presentPrice(variant: PricedVariant, calculated: Map<string, CalculatedPrice>, taxes: Taxes | null): PresentPrice {
  const answer = variant.hasRules && variant.priceSetId ? calculated.get(variant.priceSetId) : undefined
  return answer ? calculatedPrice(answer) : plainPrice(variant, taxes?.plainPricesIncludeTax ?? false)
}

function asStored({ amount }: StoredAmount): string {
  return amount
}

/** Reads prices as a catalogue's push sends them, by variant id; see `readVariantPrices`. */
export type ReadPrices = (variantIds: string[]) => Promise<Map<string, PriceCells>>

/** A reader of present prices for one catalogue. The currency is read once, prices anew at each call. */
export async function openPriceReader(container: MedusaContainer, sql: Knex, scope: CatalogScope): Promise<ReadPrices> {
  const currency = { code: scope.currencyCode, decimals: await readCurrencyDecimals(sql, scope.currencyCode) }
  const priceVariants = await openPrices(container, scope)
  return async (variantIds) => await readVariantPrices(sql, { variantIds, currency, priceVariants })
}
