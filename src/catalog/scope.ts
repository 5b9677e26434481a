/** What one catalogue reads from the store. Plain values, so that the readers know no module. */
export type CatalogScope = {
  catalogId: string
  /** Its products are offered and its stock locations count. */
  salesChannelId: string
  /** Lower-case ISO 4217 code, as Medusa stores it. */
  currencyCode: string
  /** Region the prices are calculated for; null means the currency alone. */
  regionId: string | null
}
