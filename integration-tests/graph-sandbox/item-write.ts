import { z } from "zod"
import { badParameter, GraphError } from "./errors"
import { FIELD_RULES } from "./field-rules"
import { flag, nested, uint } from "./params"
import { priceFromHundredths } from "./prices"

const currency = z.string().refine((code) => Intl.supportedValuesOf("currency").includes(code), "must be an ISO 4217 code")

/** An instant in ISO 8601; Meta's own samples write it with minutes or seconds and an offset with or without a colon. */
const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$/, "must be an ISO 8601 date")
  .refine((text) => !Number.isNaN(millisecondsOf(text)), "must be an ISO 8601 date")

/** What the item node takes on write, under its own names (CONTRACT 4.2). */
export const writable = {
  retailer_id: z.string().min(1).max(100).optional(),
  name: z.string().min(1).max(200).optional(),
  description: z.string().min(1).max(9999).optional(),
  rich_text_description: z.string().optional(),
  url: z.string().optional(),
  image_url: z.string().optional(),
  additional_image_urls: nested(z.array(z.string())).optional(),
  price: uint.optional(),
  sale_price: uint.optional(),
  currency: currency.optional(),
  category: z.string().optional(),
  fb_product_category: z.string().optional(),
  product_type: z.string().optional(),
  manufacturer_part_number: z.string().optional(),
  retailer_product_group_id: z.string().optional(),
  sale_price_start_date: instant.optional(),
  sale_price_end_date: instant.optional(),
  inventory: uint.optional(),
  quantity_to_sell_on_facebook: uint.optional(),
  visibility: z.enum(["published", "staging"]).optional(),
  availability: z
    .enum(["in stock", "out of stock", "preorder", "available for order", "discontinued", "pending", "mark_as_sold"])
    .optional(),
  condition: z.enum(["new", "refurbished", "used", "used_like_new", "used_good", "used_fair", "cpo", "open_box_new"]).optional(),
  brand: z.string().min(1).max(100).optional(),
  gtin: z.string().optional(),
  color: z.string().optional(),
  size: z.string().optional(),
  material: z.string().optional(),
  pattern: z.string().optional(),
  additional_variant_attributes: nested(z.record(z.string().min(1), z.string().min(1))).optional(),
  gender: z.enum(["female", "male", "unisex"]).optional(),
  age_group: z.enum(["adult", "all ages", "infant", "kids", "newborn", "teen", "toddler"]).optional(),
  custom_label_0: z.string().max(100).optional(),
  custom_label_1: z.string().max(100).optional(),
  custom_label_2: z.string().max(100).optional(),
  custom_label_3: z.string().max(100).optional(),
  custom_label_4: z.string().max(100).optional(),
  expiration_date: z.string().optional(),
}

/** What a new product needs and takes. */
export const creatable = {
  ...writable,
  retailer_id: z.string().min(1).max(100),
  currency,
  name: z.string().min(1).max(200),
  price: uint,
  allow_upsert: flag.default(true),
}

export type Written = { [Name in keyof typeof writable]?: z.output<(typeof writable)[Name]> }

/** Names that differ between the node and the feed. */
const FEED_NAMES: Record<string, string> = {
  name: "title",
  url: "link",
  image_url: "image_link",
  additional_image_urls: "additional_image_link",
  category: "google_product_category",
  manufacturer_part_number: "mpn",
  retailer_product_group_id: "item_group_id",
  inventory: "quantity_to_sell_on_facebook",
}

/** What a new product gets where nothing is said. */
export const CREATE_DEFAULTS = { availability: "in stock", condition: "new", visibility: "published" }

/** Node parameters as feed fields; prices in hundredths become text with their currency. Throws 100 for values that cannot be used. */
export function feedFields(given: Written, stored: Record<string, unknown>): Record<string, unknown> {
  const { retailer_id: _id, price, sale_price, currency: code, sale_price_start_date, sale_price_end_date, ...named } = given
  const { additional_variant_attributes, ...rest } = named
  const fields: Record<string, unknown> = {}
  if (additional_variant_attributes !== undefined) {
    const pairs = Object.entries(additional_variant_attributes).map(([label, value]) => `${label}:${value}`)
    fields.additional_variant_attribute = checkedValue("additional_variant_attribute", "additional_variant_attributes", pairs.join(", "))
  }
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) {
      fields[FEED_NAMES[name] ?? name] = value === "" ? null : checkedValue(FEED_NAMES[name] ?? name, name, value)
    }
  }
  const [storedAmount, storedCurrency] = typeof stored.price === "string" ? stored.price.split(" ") : []
  const currencyCode = code ?? storedCurrency
  if ((price !== undefined || sale_price !== undefined) && currencyCode === undefined) {
    throw badParameter("The parameter currency is required.")
  }
  if (price === 0) {
    throw badParameter("Param price must be above 0")
  }
  if (price !== undefined) {
    fields.price = priceFromHundredths(price, currencyCode)
  } else if (code !== undefined && storedAmount !== undefined) {
    fields.price = `${storedAmount} ${code}`
  }
  if (sale_price !== undefined) {
    fields.sale_price = sale_price === 0 ? null : priceFromHundredths(sale_price, currencyCode)
  }
  if (sale_price_start_date !== undefined || sale_price_end_date !== undefined) {
    // The side that is not named stays as it is, like every field of the node.
    const [start, end] = typeof stored.sale_price_effective_date === "string" ? stored.sale_price_effective_date.split("/") : []
    fields.sale_price_effective_date = saleDates(sale_price_start_date ?? (start || undefined), sale_price_end_date ?? (end || undefined))
  }
  return fields
}

function checkedValue(field: string, name: string, value: unknown): unknown {
  if (field === "availability" || field === "condition") {
    return value
  }
  const checked = FIELD_RULES[field].check(value, { kind: "batch", defaultCurrency: null }, field)
  if (!("value" in checked)) {
    throw field === "image_link" || field === "link"
      ? badParameter(`Param ${name} is not a valid URI.`)
      : badParameter(`Param ${name}: ${checked.description}`)
  }
  return checked.value
}

function saleDates(start: string | undefined, end: string | undefined): string {
  const [from, to] = [start, end].map((date) => (date === undefined ? undefined : millisecondsOf(date)))
  if (from !== undefined && to !== undefined && from >= to) {
    throw new GraphError({
      code: 100,
      subcode: 1803009,
      type: "FacebookApiException",
      httpStatus: 500,
      message: "(#100) Invalid parameter",
      isTransient: false,
      userTitle: "Invalid Date Range",
      userMessage: "The sale must end after it starts.",
    })
  }
  return `${start ?? ""}/${end ?? ""}`
}

function millisecondsOf(instant: string): number {
  return Date.parse(instant.replace(/([+-]\d{2})(\d{2})$/, (offset, hours, minutes) => (instant.includes("T") ? `${hours}:${minutes}` : offset)))
}
