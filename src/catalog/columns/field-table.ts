import { ADDRESS_KEYS, APPLINK_KEYS, DATE, FIELD_VALUES, HTML, LINES, PERIOD, PRICE, TEXT, URL_KIND, URLS, WHOLE, type FieldGroup, type FieldKind } from "./field-kinds"

const TAX = "^[A-Z]{2}:[^:,]*:\\d+(\\.\\d+)?:[yn](,[A-Z]{2}:[^:,]*:\\d+(\\.\\d+)?:[yn])*$"

/** One column of the feed. */
export type FeedField = {
  /** Meta's name. */
  name: string
  group: FieldGroup
  /** A row without a value is refused as a whole. */
  required: boolean
  /** Longest value in code points; null where Meta states none. */
  maxLength: number | null
  kind: FieldKind
  /** What fills the column is built in and cannot be chosen: ids, what the stock decides, and what the Pricing Module decides. */
  fixed?: true
  /** All variants of a product have the same value, or Meta refuses them (CONTRACT 7.2, seed 2). */
  shared?: true
}

/**
 * The columns a variant gives to its row, in file order. Where the feed and items_batch state different limits, the
 * tighter one stands, so that one mapping fits both (CONTRACT 3.6). Names and limits: catalog reference and items_batch
 * reference.
 */
export const VARIANT_FIELDS = [
  { name: "id", group: "identity", required: true, maxLength: 100, kind: TEXT, fixed: true },
  { name: "availability", group: "stock", required: true, maxLength: null, kind: { is: "choice", values: FIELD_VALUES.availability }, fixed: true },
  { name: "availability_date", group: "stock", required: false, maxLength: null, kind: DATE, fixed: true },
  { name: "quantity_to_sell_on_facebook", group: "stock", required: false, maxLength: null, kind: WHOLE, fixed: true },
  { name: "status", group: "stock", required: false, maxLength: null, kind: { is: "choice", values: FIELD_VALUES.status }, fixed: true },
  { name: "condition", group: "identity", required: true, maxLength: null, kind: { is: "choice", values: FIELD_VALUES.condition } },
  { name: "price", group: "price", required: true, maxLength: null, kind: PRICE, fixed: true },
  { name: "sale_price", group: "price", required: false, maxLength: null, kind: PRICE, fixed: true },
  { name: "sale_price_effective_date", group: "price", required: false, maxLength: null, kind: PERIOD, fixed: true },
  { name: "link", group: "identity", required: true, maxLength: null, kind: URL_KIND },
  { name: "image_link", group: "pictures", required: true, maxLength: null, kind: URL_KIND },
  { name: "additional_image_link", group: "pictures", required: false, maxLength: 2000, kind: URLS },
  { name: "gtin", group: "identity", required: false, maxLength: 70, kind: { is: "gtin" } },
  { name: "mpn", group: "identity", required: false, maxLength: 100, kind: TEXT },
  { name: "color", group: "variant", required: false, maxLength: 100, kind: TEXT },
  { name: "size", group: "variant", required: false, maxLength: 200, kind: TEXT },
  { name: "material", group: "variant", required: false, maxLength: 200, kind: TEXT },
  { name: "pattern", group: "variant", required: false, maxLength: 100, kind: TEXT },
  { name: "gender", group: "variant", required: false, maxLength: null, kind: { is: "choice", values: FIELD_VALUES.gender } },
  { name: "age_group", group: "variant", required: false, maxLength: null, kind: { is: "choice", values: FIELD_VALUES.age_group } },
  { name: "additional_variant_attribute", group: "variant", required: false, maxLength: null, kind: { is: "pairs" } },
] as const satisfies readonly FeedField[]

/** The columns that all variants of a product share, after those of the variant. */
export const PRODUCT_FIELDS = [
  { name: "item_group_id", group: "identity", required: false, maxLength: 100, kind: TEXT, shared: true },
  { name: "title", group: "texts", required: true, maxLength: 100, kind: TEXT },
  { name: "description", group: "texts", required: true, maxLength: 5000, kind: LINES },
  { name: "rich_text_description", group: "texts", required: false, maxLength: 9999, kind: HTML },
  { name: "brand", group: "identity", required: true, maxLength: 100, kind: TEXT },
  { name: "google_product_category", group: "category", required: false, maxLength: 250, kind: { is: "google_category" } },
  { name: "product_type", group: "category", required: false, maxLength: 750, kind: TEXT },
  { name: "internal_label", group: "labels", required: false, maxLength: null, kind: { is: "labels", most: 5000, longest: 110 } },
] as const satisfies readonly FeedField[]

/**
 * The columns that are in a file only where a catalogue's settings or the store's own code fill them, in file order. Meta's
 * `inventory` and `visibility` are other names of `quantity_to_sell_on_facebook` and `status`, and never written.
 */
export const EXTRA_FIELDS = [
  { name: "previous_id", group: "identity", required: false, maxLength: 100, kind: TEXT, fixed: true },
  { name: "image", group: "pictures", required: false, maxLength: null, kind: { is: "media", most: 21 } },
  { name: "video", group: "pictures", required: false, maxLength: null, kind: { is: "media", most: 20 } },
  { name: "mobile_link", group: "identity", required: false, maxLength: null, kind: URL_KIND },
  { name: "fb_product_category", group: "category", required: false, maxLength: null, kind: { is: "path", levels: 3 } },
  { name: "offer_price", group: "price", required: false, maxLength: null, kind: PRICE },
  { name: "offer_price_effective_date", group: "price", required: false, maxLength: null, kind: PERIOD },
  { name: "unit_price", group: "price", required: false, maxLength: null, kind: { is: "unit_price" } },
  { name: "shipping", group: "shipping", required: false, maxLength: null, kind: { is: "shipping" }, shared: true },
  { name: "shipping_weight", group: "shipping", required: false, maxLength: null, kind: { is: "weight" } },
  { name: "shipping_profile_reference_id", group: "shipping", required: false, maxLength: null, kind: TEXT },
  { name: "tax", group: "shipping", required: false, maxLength: null, kind: { is: "form", form: TAX, words: "entries such as US:CA:9.25:y joined by commas" } },
  { name: "commerce_tax_category", group: "shipping", required: false, maxLength: null, kind: { is: "form", form: "^FB_[A-Z_]+$", words: "one of Meta's tax categories, such as FB_APRL" } },
  { name: "return_policy_info", group: "shipping", required: false, maxLength: null, kind: { is: "object", keys: ["is_final_sale", "return_policy_days"] } },
  { name: "custom_label_0", group: "labels", required: false, maxLength: 100, kind: TEXT },
  { name: "custom_label_1", group: "labels", required: false, maxLength: 100, kind: TEXT },
  { name: "custom_label_2", group: "labels", required: false, maxLength: 100, kind: TEXT },
  { name: "custom_label_3", group: "labels", required: false, maxLength: 100, kind: TEXT },
  { name: "custom_label_4", group: "labels", required: false, maxLength: 100, kind: TEXT },
  { name: "custom_number_0", group: "labels", required: false, maxLength: null, kind: WHOLE },
  { name: "custom_number_1", group: "labels", required: false, maxLength: null, kind: WHOLE },
  { name: "custom_number_2", group: "labels", required: false, maxLength: null, kind: WHOLE },
  { name: "custom_number_3", group: "labels", required: false, maxLength: null, kind: WHOLE },
  { name: "custom_number_4", group: "labels", required: false, maxLength: null, kind: WHOLE },
  { name: "expiration_date", group: "stock", required: false, maxLength: null, kind: DATE },
  { name: "origin_country", group: "compliance", required: false, maxLength: null, kind: { is: "country" } },
  { name: "importer_name", group: "compliance", required: false, maxLength: null, kind: TEXT },
  { name: "importer_address", group: "compliance", required: false, maxLength: null, kind: { is: "object", keys: ADDRESS_KEYS } },
  { name: "manufacturer_info", group: "compliance", required: false, maxLength: null, kind: TEXT },
  { name: "wa_compliance_category", group: "compliance", required: false, maxLength: null, kind: { is: "choice", values: FIELD_VALUES.wa_compliance_category } },
  { name: "disabled_capabilities", group: "more", required: false, maxLength: null, kind: { is: "choices", values: FIELD_VALUES.disabled_capabilities } },
  { name: "applink", group: "more", required: false, maxLength: null, kind: { is: "object", keys: APPLINK_KEYS } },
  { name: "ordering_index", group: "more", required: false, maxLength: null, kind: WHOLE },
  { name: "vendor_id", group: "more", required: false, maxLength: null, kind: TEXT },
  { name: "user_rating", group: "more", required: false, maxLength: null, kind: { is: "number", lowest: 1, highest: 5, isWhole: false } },
  { name: "rating_count", group: "more", required: false, maxLength: null, kind: { ...WHOLE, lowest: 1 } },
] as const satisfies readonly FeedField[]

/** Every column the plugin knows, in file order. */
export const FEED_FIELDS = [...VARIANT_FIELDS, ...PRODUCT_FIELDS, ...EXTRA_FIELDS] as const

export type VariantFieldName = (typeof VARIANT_FIELDS)[number]["name"]
export type ProductFieldName = (typeof PRODUCT_FIELDS)[number]["name"]
export type ExtraFieldName = (typeof EXTRA_FIELDS)[number]["name"]
export type FeedFieldName = VariantFieldName | ProductFieldName | ExtraFieldName

export const VARIANT_COLUMNS: readonly VariantFieldName[] = VARIANT_FIELDS.map((field) => field.name)
export const PRODUCT_COLUMNS: readonly ProductFieldName[] = PRODUCT_FIELDS.map((field) => field.name)
export const EXTRA_COLUMNS: readonly ExtraFieldName[] = EXTRA_FIELDS.map((field) => field.name)

const FIELDS = new Map<string, FeedField & { name: FeedFieldName }>(FEED_FIELDS.map((field) => [field.name, field]))

/** A column by its name; undefined for one the plugin does not know. */
export function fieldOf(name: string): (FeedField & { name: FeedFieldName }) | undefined {
  return FIELDS.get(name)
}

/** The columns a file has, in this order. */
export type RowLayout = { variant: readonly VariantFieldName[]; extra: readonly ExtraFieldName[]; product: readonly ProductFieldName[] }

/** The columns of a file where nothing is set. */
export const DEFAULT_LAYOUT: RowLayout = { variant: VARIANT_COLUMNS, extra: [], product: PRODUCT_COLUMNS }

/** A cell without a value is an empty string. */
export type VariantCells = Record<VariantFieldName, string>
export type ProductCells = Record<ProductFieldName, string>

/** Cells of columns that only some catalogues have; one without a value may be missing. */
export type ExtraCells = Readonly<Partial<Record<ExtraFieldName, string>>>

export const NO_EXTRA: ExtraCells = Object.freeze({})

/**
 * One row of the feed. Rows of one product hold the same `product` object, so what it costs is paid once; rows without extra columns hold
 * the same `extra`.
 */
export type FeedRow = { variant: VariantCells; product: ProductCells; extra: ExtraCells }

/** A cell by its column. */
export function cellOf({ variant, product, extra }: FeedRow, field: FeedFieldName): string {
  if (field in variant) return variant[field as VariantFieldName]
  return field in product ? product[field as ProductFieldName] : (extra[field as ExtraFieldName] ?? "")
}

/** A row as it is kept for later: only cells with a value, by Meta field name. */
export type StoredCells = Partial<Record<FeedFieldName, string>>

const STOCK_FIELDS: ReadonlySet<FeedFieldName> = new Set(["availability", "availability_date", "quantity_to_sell_on_facebook", "status"])

/** Whether the stock fills a column, row by row and at the very end. */
export function isStockField(name: FeedFieldName): boolean {
  return STOCK_FIELDS.has(name)
}

const STORED_VARIANT_COLUMNS = VARIANT_COLUMNS.filter((column) => !STOCK_FIELDS.has(column))

/** What of a row is kept. The stock is not: the row may be written again long after it changed. */
export function toStored({ variant, product, extra }: FeedRow): StoredCells {
  const stored: StoredCells = {}
  for (const column of STORED_VARIANT_COLUMNS) {
    if (variant[column] !== "") stored[column] = variant[column]
  }
  for (const column of PRODUCT_COLUMNS) {
    if (product[column] !== "") stored[column] = product[column]
  }
  if (extra === NO_EXTRA) return stored
  for (const column of EXTRA_COLUMNS) {
    if (extra[column]) stored[column] = extra[column]
  }
  return stored
}

/** A kept row as a row again; its stock cells are empty. */
export function fromStored(stored: StoredCells): FeedRow {
  return {
    variant: Object.fromEntries(VARIANT_COLUMNS.map((column) => [column, stored[column] ?? ""])) as VariantCells,
    product: Object.fromEntries(PRODUCT_COLUMNS.map((column) => [column, stored[column] ?? ""])) as ProductCells,
    extra: Object.fromEntries(EXTRA_COLUMNS.flatMap((column) => (stored[column] ? [[column, stored[column]]] : []))),
  }
}

/** Longest value of a column in code points, or infinity. */
export function limitOf(name: FeedFieldName): number {
  return FIELDS.get(name)?.maxLength ?? Infinity
}
