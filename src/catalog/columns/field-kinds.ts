/** What a column holds, and what a value has to be like for it. */
export type FieldKind =
  /** One line of text. */
  | { is: "text" }
  /** Plain text with line breaks. */
  | { is: "lines" }
  /** Meta's subset of HTML. */
  | { is: "html" }
  | { is: "url" }
  | { is: "urls"; most: number }
  /** Pictures or films, each with an address and tags: a JSON list in one cell. */
  | { is: "media"; most: number }
  /** An amount above zero in the catalogue's currency, `24.50 GBP`. */
  | { is: "price" }
  /** `<start>/<end>` with offsets. */
  | { is: "period" }
  /** `YYYY-MM-DD`. */
  | { is: "date" }
  | { is: "number"; lowest: number; highest: number; isWhole: boolean }
  /** One of a fixed set of words. */
  | { is: "choice"; values: readonly string[] }
  | { is: "choices"; values: readonly string[] }
  /** `['spring','sale']` */
  | { is: "labels"; most: number; longest: number }
  /** `Label:Value, Label:Value` */
  | { is: "pairs" }
  /** `Country:Region:Service:Price` entries joined by commas. */
  | { is: "shipping" }
  /** A number with lb, oz, g or kg. */
  | { is: "weight" }
  /** ISO 3166-1 alpha-2. */
  | { is: "country" }
  /** Named parts: a JSON object in one cell. */
  | { is: "object"; keys: readonly string[] }
  /** What a unit of the good costs, `{"value":"1.20","currency":"EUR","unit":"l"}`. */
  | { is: "unit_price" }
  | { is: "gtin" }
  /** An id of Google's taxonomy. */
  | { is: "google_category" }
  /** A path of at least `levels` levels, or an id. */
  | { is: "path"; levels: number }
  /** Text of a fixed form; `form` is the source of a regular expression, `words` says it in words that follow "must be". */
  | { is: "form"; form: string; words: string }

/** Where a column is shown in the admin. */
export const FIELD_GROUPS = ["identity", "texts", "pictures", "price", "stock", "category", "variant", "shipping", "labels", "compliance", "more"] as const
export type FieldGroup = (typeof FIELD_GROUPS)[number]

const UINT32 = 4_294_967_295

export const TEXT = { is: "text" } as const
export const LINES = { is: "lines" } as const
export const HTML = { is: "html" } as const
export const URL_KIND = { is: "url" } as const
export const PRICE = { is: "price" } as const
export const PERIOD = { is: "period" } as const
export const DATE = { is: "date" } as const
/** CONTRACT 3.6: unsigned, 32 bits. */
export const WHOLE = { is: "number", lowest: 0, highest: UINT32, isWhole: true } as const
/** Feed limit of 20 (catalog reference). */
export const URLS = { is: "urls", most: 20 } as const

/** Values Meta knows for the columns that have a fixed set (catalog reference; age groups are the five that items_batch takes too). */
export const FIELD_VALUES = {
  condition: ["new", "refurbished", "used"],
  gender: ["female", "male", "unisex"],
  age_group: ["newborn", "infant", "toddler", "kids", "adult"],
  wa_compliance_category: ["DEFAULT", "COUNTRY_ORIGIN_EXEMPT"],
  disabled_capabilities: ["mini_shops", "marketplace_shops", "ig_product_tagging", "da"],
  availability: ["in stock", "out of stock", "available for order", "discontinued", "preorder"],
  status: ["active", "archived"],
} as const

/** Parts of an importer's address (items_batch reference). */
export const ADDRESS_KEYS = ["street1", "street2", "city", "region", "postal_code", "country"] as const

/** Links into apps (Meta: product deep links). */
export const APPLINK_KEYS = [
  ...["ios_url", "ios_app_store_id", "ios_app_name", "iphone_url", "iphone_app_store_id", "iphone_app_name"],
  ...["ipad_url", "ipad_app_store_id", "ipad_app_name", "android_url", "android_package", "android_class", "android_app_name"],
  ...["windows_phone_url", "windows_phone_app_id", "windows_phone_app_name"],
] as const
