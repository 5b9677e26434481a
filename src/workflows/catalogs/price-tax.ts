import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { IPricingModuleService, IRegionModuleService, ITaxModuleService, MedusaContainer, TaxableItemDTO } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MathBN, Modules } from "@medusajs/framework/utils"
import type { PresentPrice, StoredAmount } from "../../catalog/prices/present-price"
import { readCurrencyDecimals, type PricedVariant } from "../../catalog/prices/prices"
import type { CatalogScope } from "../../catalog/store/scope"

/** Of bignumber.js, which is behind Medusa's amounts. */
const HALF_AWAY = 4

/** The taxes of one catalogue's region and country. */
export type Taxes = {
  /** Whether tax is in a price without rules, by the store's price preference for the currency. */
  plainPricesIncludeTax: boolean
  /** Asks the Tax Module for all of these in one call; the answer shows an amount of a variant with or without its tax. */
  of(prices: { variant: PricedVariant; price: PresentPrice }[]): Promise<(variantId: string) => (stored: StoredAmount) => string>
}

/**
 * Opens the taxes of a catalogue, or null where prices are told as they are stored: because the catalogue says so, or because
 * its region calculates no taxes by itself, in which case Medusa's own storefront API shows none either.
 */
export async function openTaxes(container: MedusaContainer, scope: CatalogScope): Promise<Taxes | null> {
  const { priceTax, regionId, countryCode, currencyCode } = scope
  if (priceTax === "as_stored" || !regionId || !countryCode) {
    return null
  }
  const [region] = await container.resolve<IRegionModuleService>(Modules.REGION).listRegions({ id: regionId }, { select: ["id", "automatic_taxes"], take: 1 })
  if (!region?.automatic_taxes) {
    return null
  }
  const [preference] = await container
    .resolve<IPricingModuleService>(Modules.PRICING)
    .listPricePreferences({ attribute: "currency_code", value: currencyCode }, { take: 1 })
  const tax = container.resolve<ITaxModuleService>(Modules.TAX)
  const decimals = await readCurrencyDecimals(container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION), currencyCode)
  return {
    plainPricesIncludeTax: preference?.is_tax_inclusive ?? false,
    of: async (prices) => {
      const items = prices.flatMap((one) => toTaxable(one, currencyCode))
      const lines = items.length > 0 ? await tax.getTaxLines(items, { address: { country_code: countryCode } }) : []
      const rates = new Map<string, string>()
      for (const line of lines) {
        if ("line_item_id" in line) {
          rates.set(line.line_item_id, MathBN.add(rates.get(line.line_item_id) ?? 0, line.rate).toFixed())
        }
      }
      return (variantId) => (stored) => shownAmount(stored, { rate: rates.get(variantId) ?? "0", priceTax, decimals })
    },
  }
}

/** How an amount is shown: `rate` in percent is the sum of all taxes on the item. */
type Shown = { rate: string; priceTax: CatalogScope["priceTax"]; decimals: number }

/**
 * An amount with or without tax as decimal text, rounded to the currency's decimals, half away from zero; one that tax does not
 * change stays as it is stored. Multiplied before it is divided, so that what comes out even, half a cent for instance, does so.
 */
export function shownAmount({ amount, includesTax }: StoredAmount, { rate, priceTax, decimals }: Shown): string {
  const withTax = priceTax === "with_tax"
  if (priceTax === "as_stored" || withTax === includesTax) {
    return amount
  }
  const gross = MathBN.add(100, rate)
  return (withTax ? MathBN.div(MathBN.mult(amount, gross), 100) : MathBN.div(MathBN.mult(amount, 100), gross)).toFixed(decimals, HALF_AWAY)
}

/** The same item that Medusa's storefront API hands to the Tax Module: one piece at its present price. */
function toTaxable({ variant, price }: { variant: PricedVariant; price: PresentPrice }, currencyCode: string): TaxableItemDTO[] {
  const amount = (price.present ?? price.original)?.amount
  if (amount === undefined) {
    return []
  }
  return [
    {
      id: variant.variantId,
      product_id: variant.productId,
      ...(variant.productTypeId ? { product_type_id: variant.productTypeId } : {}),
      quantity: 1,
      unit_price: Number(amount),
      currency_code: currencyCode,
    },
  ]
}
