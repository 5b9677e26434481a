import { cellOf, fieldOf, type FeedFieldName, type FeedRow } from "../columns/field-table"

/** One line of a file that puts values over items of other feeds. */
export type OverlayCells = string[]

/**
 * Columns of a country feed (Meta: localized catalogs, recommended fields). Stock is not among them: it is the same for every country, is
 * pushed within seconds, and an override would stand before it with the value of yesterday. `link` is there where it differs by country.
 */
export function countryColumns(template: string): readonly FeedFieldName[] {
  return ["price", "sale_price", "sale_price_effective_date", ...(template.includes("{country}") ? (["link"] as const) : []), "status"]
}

/**
 * Columns of a language feed: the translatable ones of those Meta takes there. `link` is there where it differs by language alone, because
 * a language's value goes before a country's, and a link without its country would lead to another shop.
 */
export function languageColumns(template: string): readonly FeedFieldName[] {
  const link = template.includes("{locale}") && !template.includes("{country}")
  return ["title", "description", "color", "size", "material", "pattern", "additional_variant_attribute", ...(link ? (["link"] as const) : [])]
}

/** Columns nobody may put over an item's own: what identifies it, and what the push owns, which would stand behind an older value. */
const STOCK_COLUMNS = new Set<string>(["id", "availability", "availability_date", "quantity_to_sell_on_facebook", "status"])
const PRICE_COLUMNS = new Set<string>(["price", "sale_price", "sale_price_effective_date"])

/**
 * What is wrong with a column of a supplementary feed, in words that follow its name, or null.
 *
 * @param pushesPrices whether the push owns the catalogue's prices
 */
export function supplementaryProblem(column: string, { pushesPrices }: { pushesPrices: boolean }): string | null {
  if (!fieldOf(column)) return "is no column of the feed"
  if (STOCK_COLUMNS.has(column)) return "cannot be put over an item: an older value would stand before what is pushed"
  if (pushesPrices && PRICE_COLUMNS.has(column)) return "cannot be put over an item while prices are pushed: an older value would stand before them"
  return null
}

/** The header of an override file. `delete` ends an override (Meta: localized catalogs, step 4). */
export function overrideHeader(columns: readonly FeedFieldName[]): OverlayCells {
  return ["id", "override", ...columns, "delete"]
}

/** An override's line with every cell; an empty one clears what was said before. */
export function overrideCells(row: FeedRow, { value, columns }: { value: string; columns: readonly FeedFieldName[] }): OverlayCells {
  return [row.variant.id, value, ...columns.map((column) => cellOf(row, column)), "false"]
}

/** A line that takes an item's override away. */
export function removalCells(retailerId: string, { value, columns }: { value: string; columns: readonly FeedFieldName[] }): OverlayCells {
  return [retailerId, value, ...columns.map(() => ""), "true"]
}
