/** One column of the feed: Meta's name and the longest value it takes, in code points. */
export type FeedField = {
  name: string
  /** A row without a value is refused as a whole. */
  required: boolean
  /** Null where Meta states none. */
  maxLength: number | null
}

/**
 * The columns a variant gives to its row, in file order. Where the feed and items_batch state different limits, the
 * tighter one stands, so that one mapping fits both (CONTRACT 3.6). Names and limits: catalog reference and items_batch
 * reference.
 */
export const VARIANT_FIELDS = [
  { name: "id", required: true, maxLength: 100 },
  { name: "availability", required: true, maxLength: null },
  { name: "availability_date", required: false, maxLength: null },
  { name: "quantity_to_sell_on_facebook", required: false, maxLength: null },
  { name: "status", required: false, maxLength: null },
  { name: "condition", required: true, maxLength: null },
  { name: "price", required: true, maxLength: null },
  { name: "sale_price", required: false, maxLength: null },
  { name: "sale_price_effective_date", required: false, maxLength: null },
  { name: "link", required: true, maxLength: null },
  { name: "image_link", required: true, maxLength: null },
  { name: "additional_image_link", required: false, maxLength: 2000 },
  { name: "gtin", required: false, maxLength: 70 },
  { name: "mpn", required: false, maxLength: 100 },
  { name: "color", required: false, maxLength: 100 },
  { name: "size", required: false, maxLength: 200 },
  { name: "material", required: false, maxLength: 200 },
  { name: "pattern", required: false, maxLength: 100 },
  { name: "gender", required: false, maxLength: null },
  { name: "age_group", required: false, maxLength: null },
  { name: "additional_variant_attribute", required: false, maxLength: null },
] as const satisfies readonly FeedField[]

/** The columns that all variants of a product share, after those of the variant. */
export const PRODUCT_FIELDS = [
  { name: "item_group_id", required: false, maxLength: 100 },
  { name: "title", required: true, maxLength: 100 },
  { name: "description", required: true, maxLength: 5000 },
  { name: "rich_text_description", required: false, maxLength: 9999 },
  { name: "brand", required: true, maxLength: 100 },
  { name: "google_product_category", required: false, maxLength: 250 },
  { name: "product_type", required: false, maxLength: 750 },
  { name: "internal_label", required: false, maxLength: null },
] as const satisfies readonly FeedField[]

/** Every column of the replace feed, in file order. */
export const FEED_FIELDS = [...VARIANT_FIELDS, ...PRODUCT_FIELDS] as const

export type VariantFieldName = (typeof VARIANT_FIELDS)[number]["name"]
export type ProductFieldName = (typeof PRODUCT_FIELDS)[number]["name"]
export type FeedFieldName = VariantFieldName | ProductFieldName

export const VARIANT_COLUMNS: readonly VariantFieldName[] = VARIANT_FIELDS.map((field) => field.name)
export const PRODUCT_COLUMNS: readonly ProductFieldName[] = PRODUCT_FIELDS.map((field) => field.name)

/** A cell without a value is an empty string. */
export type VariantCells = Record<VariantFieldName, string>
export type ProductCells = Record<ProductFieldName, string>

/** One row of the feed. Rows of one product hold the same `product` object, so what it costs is paid once. */
export type FeedRow = { variant: VariantCells; product: ProductCells }

/** A cell by its column. */
export function cellOf(row: FeedRow, field: FeedFieldName): string {
  return field in row.variant ? row.variant[field as VariantFieldName] : row.product[field as ProductFieldName]
}

/** A row as it is kept for later: only cells with a value, by Meta field name. */
export type StoredCells = Partial<Record<FeedFieldName, string>>

const STOCK_FIELDS: ReadonlySet<FeedFieldName> = new Set(["availability", "availability_date", "quantity_to_sell_on_facebook", "status"])
const STORED_VARIANT_COLUMNS = VARIANT_COLUMNS.filter((column) => !STOCK_FIELDS.has(column))

/** What of a row is kept. The stock is not: the row may be written again long after it changed. */
export function toStored({ variant, product }: FeedRow): StoredCells {
  const stored: StoredCells = {}
  for (const column of STORED_VARIANT_COLUMNS) {
    if (variant[column] !== "") stored[column] = variant[column]
  }
  for (const column of PRODUCT_COLUMNS) {
    if (product[column] !== "") stored[column] = product[column]
  }
  return stored
}

/** A kept row as a row again; its stock cells are empty. */
export function fromStored(stored: StoredCells): FeedRow {
  return {
    variant: Object.fromEntries(VARIANT_COLUMNS.map((column) => [column, stored[column] ?? ""])) as VariantCells,
    product: Object.fromEntries(PRODUCT_COLUMNS.map((column) => [column, stored[column] ?? ""])) as ProductCells,
  }
}

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
