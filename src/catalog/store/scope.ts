/** How a catalogue shows prices; a store may keep them with or without tax. */
export const PRICE_TAXES = ["as_stored", "with_tax", "without_tax"] as const

/** See `PRICE_TAXES`. */
export type PriceTax = (typeof PRICE_TAXES)[number]

/** What one catalogue reads from the store. Plain values, so that the readers know no module. */
export type CatalogScope = {
  catalogId: string
  /** Its products are offered and its stock locations count. */
  salesChannelId: string
  /** Lower-case ISO 4217 code, as Medusa stores it. */
  currencyCode: string
  /** Region the prices are calculated for; null means the currency alone. */
  regionId: string | null
  /** Lower-case country of two letters, whose taxes count; null where the catalogue names none. */
  countryCode: string | null
  /** Whether prices are told as they are stored, or with or without the country's taxes. */
  priceTax: PriceTax
}
