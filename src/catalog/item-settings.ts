import type { Currency } from "./price-text"
import type { ProductUrl } from "./product-url"

/** What a catalogue's settings decide about every row. */
export type ItemSettings = {
  currency: Currency
  productUrl: ProductUrl
  countryCode: string | null
  locale: string | null
  /** Brand of items that name none themselves. */
  brand: string | null
  condition: "new" | "refurbished" | "used"
  googleProductCategory: string | null
}
