import type { ColumnMapping } from "../columns/column-mapping"
import { DEFAULT_LAYOUT, type RowLayout, type VariantFieldName } from "../columns/field-table"
import type { Currency } from "../prices/price-text"
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
  /** What a person or the store's own code has set about columns; null where the built-in mapping stands. */
  columns: ColumnMapping | null
}

/** The columns of a file with rows of these settings. `variant` are those of the variant's half; `namesPrevious`: some of its items had another id. */
export function layoutOf(
  { columns }: ItemSettings,
  { variant = DEFAULT_LAYOUT.variant, namesPrevious = false }: { variant?: readonly VariantFieldName[]; namesPrevious?: boolean } = {}
): RowLayout {
  const extra = columns?.extra ?? []
  return { ...DEFAULT_LAYOUT, variant, extra: namesPrevious ? ["previous_id", ...extra] : extra }
}
