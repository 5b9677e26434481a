/** One column of the feed: Meta's name and the longest value it takes, in code points. */
export type FeedField = {
  name: string
  /** A row without a value is refused as a whole. */
  required: boolean
  /** Null where Meta states none. */
  maxLength: number | null
}

/**
 * The columns the replace feed writes, in file order. Where the feed and items_batch state different limits, the tighter
 * one stands, so that one mapping fits both (CONTRACT 3.6). Names and limits: catalog reference and items_batch reference.
 */
export const FEED_FIELDS = [
  { name: "id", required: true, maxLength: 100 },
  { name: "title", required: true, maxLength: 100 },
  { name: "description", required: true, maxLength: 5000 },
  { name: "rich_text_description", required: false, maxLength: 9999 },
  { name: "availability", required: true, maxLength: null },
  { name: "quantity_to_sell_on_facebook", required: false, maxLength: null },
  { name: "condition", required: true, maxLength: null },
  { name: "price", required: true, maxLength: null },
  { name: "sale_price", required: false, maxLength: null },
  { name: "sale_price_effective_date", required: false, maxLength: null },
  { name: "link", required: true, maxLength: null },
  { name: "image_link", required: true, maxLength: null },
  { name: "additional_image_link", required: false, maxLength: 2000 },
  { name: "brand", required: true, maxLength: 100 },
  { name: "gtin", required: false, maxLength: 70 },
  { name: "mpn", required: false, maxLength: 100 },
  { name: "item_group_id", required: false, maxLength: 100 },
  { name: "google_product_category", required: false, maxLength: 250 },
  { name: "product_type", required: false, maxLength: 750 },
  { name: "color", required: false, maxLength: 100 },
  { name: "size", required: false, maxLength: 200 },
  { name: "material", required: false, maxLength: 200 },
  { name: "pattern", required: false, maxLength: 100 },
  { name: "gender", required: false, maxLength: null },
  { name: "age_group", required: false, maxLength: null },
  { name: "additional_variant_attribute", required: false, maxLength: null },
  { name: "internal_label", required: false, maxLength: null },
  { name: "status", required: false, maxLength: null },
] as const satisfies readonly FeedField[]

export type FeedFieldName = (typeof FEED_FIELDS)[number]["name"]

/** Column names in file order. */
export const FEED_COLUMNS: readonly FeedFieldName[] = FEED_FIELDS.map((field) => field.name)

/** One row of the feed by column; an absent cell is written empty. */
export type Cells = Partial<Record<FeedFieldName, string>>

/** The cells that follow the stock. They are never part of a stored row, because a row may be written long after they changed. */
export const STOCK_FIELDS = ["availability", "quantity_to_sell_on_facebook", "status"] as const satisfies readonly FeedFieldName[]

const LIMITS = new Map<FeedFieldName, number | null>(FEED_FIELDS.map((field) => [field.name, field.maxLength]))

/** Longest value of a column in code points, or infinity. */
export function limitOf(name: FeedFieldName): number {
  return LIMITS.get(name) ?? Infinity
}

/** Values Meta knows for the columns that have a fixed set (catalog reference; age groups are the five that items_batch takes too). */
export const FIELD_VALUES = {
  condition: ["new", "refurbished", "used"],
  gender: ["female", "male", "unisex"],
  age_group: ["newborn", "infant", "toddler", "kids", "adult"],
} as const satisfies Partial<Record<FeedFieldName, readonly string[]>>
