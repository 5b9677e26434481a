import { categoryPath, decimal, parts, returnPolicy, unitPrice, wordsOf } from "./field-objects"
import {
  googleCategory,
  gtin,
  integer,
  interval,
  labels,
  media,
  oneOf,
  pattern,
  price,
  shipping,
  text,
  url,
  urlList,
  variantAttributes,
  type Check,
} from "./field-values"

/**
 * One field of an item. A required field that is missing or malformed makes the row fatal; any other malformed value is left
 * out with a warning. `batch: false` means items_batch does not know the field.
 */
export type FieldRule = { check: Check; required?: true; batch?: false }

const UINT32 = 4294967295
const INT32 = 2147483647

const date = pattern(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/, "must be a date, YYYY-MM-DD")

/** Links into apps by system (Meta: product deep links). */
const APPLINKS = [
  ...["ios", "iphone", "ipad"].flatMap((system) => [`${system}_url`, `${system}_app_store_id`, `${system}_app_name`]),
  ...["android_url", "android_package", "android_class", "android_app_name"],
  ...["windows_phone_url", "windows_phone_app_id", "windows_phone_app_name"],
]

/** Every column of a feed and every field of an items_batch request (CONTRACT 3.6, 7.1, 7.2). */
export const FIELD_RULES: Record<string, FieldRule> = {
  id: { check: text(100), required: true },
  title: { check: text(200, 100), required: true },
  description: { check: text(9999, 5000), required: true },
  availability: {
    check: oneOf(
      ["in stock", "out of stock", "available for order", "discontinued", "preorder"],
      ["in stock", "out of stock", "preorder", "available for order", "discontinued", "pending"]
    ),
    required: true,
  },
  condition: { check: oneOf(["new", "refurbished", "used"], undefined, true), required: true },
  price: { check: price, required: true },
  link: { check: url, required: true },
  image_link: { check: url, required: true },
  brand: { check: text(100), required: true },
  image: { check: media(21) },
  rich_text_description: { check: text(9999) },
  gtin: { check: gtin },
  mpn: { check: text(100) },
  quantity_to_sell_on_facebook: { check: integer(INT32) },
  sale_price: { check: price },
  sale_price_effective_date: { check: interval },
  item_group_id: { check: text(100) },
  visibility: { check: oneOf(["published", "staging"]) },
  additional_image_link: { check: urlList },
  mobile_link: { check: url },
  google_product_category: { check: googleCategory },
  fb_product_category: { check: categoryPath(3) },
  product_type: { check: text(750) },
  color: { check: text(200, 100) },
  size: { check: text(200) },
  gender: { check: oneOf(["female", "male", "unisex"], undefined, true) },
  age_group: {
    check: oneOf(["adult", "all ages", "teen", "kids", "toddler", "infant", "newborn"], ["newborn", "infant", "toddler", "kids", "adult"]),
  },
  material: { check: text(200) },
  pattern: { check: text(100) },
  additional_variant_attribute: { check: variantAttributes },
  shipping: { check: shipping },
  shipping_weight: { check: pattern(/^\d+(\.\d+)? ?(lb|oz|g|kg)$/, "must be a number with lb, oz, g or kg") },
  shipping_profile_reference_id: { check: text(100) },
  tax: { check: pattern(/^[A-Z]{2}:[^:,]*:\d+(\.\d+)?:[yn](,[A-Z]{2}:[^:,]*:\d+(\.\d+)?:[yn])*$/, "must be entries such as US:CA:9.25:y"), batch: false },
  commerce_tax_category: { check: pattern(/^FB_[A-Z_]+$/, "must be one of Meta's tax category codes") },
  custom_label_0: { check: text(100) },
  custom_label_1: { check: text(100) },
  custom_label_2: { check: text(100) },
  custom_label_3: { check: text(100) },
  custom_label_4: { check: text(100) },
  custom_number_0: { check: integer(UINT32) },
  custom_number_1: { check: integer(UINT32) },
  custom_number_2: { check: integer(UINT32) },
  custom_number_3: { check: integer(UINT32) },
  custom_number_4: { check: integer(UINT32) },
  internal_label: { check: labels },
  expiration_date: { check: date },
  availability_date: { check: date, batch: false },
  offer_price: { check: price, batch: false },
  offer_price_effective_date: { check: interval, batch: false },
  return_policy_info: { check: returnPolicy, batch: false },
  unit_price: { check: unitPrice },
  video: { check: media(20) },
  origin_country: { check: pattern(/^[A-Z]{2}$/, "must be an ISO 3166-1 code") },
  importer_name: { check: text(1000) },
  importer_address: { check: parts(["street1", "street2", "city", "region", "postal_code", "country"]) },
  manufacturer_info: { check: text(1000) },
  wa_compliance_category: { check: oneOf(["DEFAULT", "COUNTRY_ORIGIN_EXEMPT"]) },
  disabled_capabilities: { check: wordsOf(["mini_shops", "marketplace_shops", "ig_product_tagging", "da"]) },
  applink: { check: parts(APPLINKS) },
  ordering_index: { check: integer(UINT32) },
  vendor_id: { check: text(100) },
  user_rating: { check: decimal(1, 5) },
  rating_count: { check: integer(UINT32, 1) },
  previous_id: { check: text(100), batch: false },
}

/** Older or second names of a column, and how their values read under the first name. */
export const COLUMN_ALIASES: Record<string, { name: string; value?: (text: string) => string }> = {
  retailer_id: { name: "id" },
  inventory: { name: "quantity_to_sell_on_facebook" },
  product_tags: { name: "internal_label" },
  status: { name: "visibility", value: visibilityOf },
}

export const REQUIRED_FIELDS = Object.keys(FIELD_RULES).filter((name) => FIELD_RULES[name].required)

/** `active` is published, `archived` is staging; anything else is left for the field's own rule to refuse. */
export function visibilityOf(status: string): string {
  return { active: "published", archived: "staging" }[status] ?? status
}
