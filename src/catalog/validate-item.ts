import { FIELD_VALUES } from "./field-kinds"
import { cellOf, FEED_FIELDS, limitOf, type FeedFieldName, type FeedRow } from "./field-table"
import type { Loss } from "./loss"

/** One problem of one item in plain words. With severity `error` Meta would refuse the row, so it is not written. */
export type Finding = {
  /** Our own word in lower case, stable over releases. */
  code: string
  severity: "error" | "warning"
  field: FeedFieldName
  title: string
  message: string
  /** What a person can do about it. */
  action: string
}

type Words = Omit<Finding, "severity" | "field">

/** Availability is filled in with the stock, which always has one. */
const REQUIRED: readonly FeedFieldName[] = FEED_FIELDS.filter((field) => field.required && field.name !== "availability").map((field) => field.name)

/**
 * Judges a mapped row. Pure.
 *
 * @param row without its stock
 * @param losses what the mapping had to leave out or change
 * @param currencyCode currency of the catalogue, for the wording
 */
export function validateItem({ row, losses }: { row: FeedRow; losses: Loss[] }, currencyCode: string): Finding[] {
  const findings: Finding[] = []
  for (const field of REQUIRED) {
    if (cellOf(row, field) === "") findings.push({ ...missing(field, losses, currencyCode), severity: "error", field })
  }
  for (const loss of losses) {
    // A required field that was left out has been reported as missing, with the reason.
    const isReported = REQUIRED.includes(loss.field) && cellOf(row, loss.field) === ""
    const words = isReported ? null : lossWords(loss)
    if (words) findings.push({ ...words, severity: "warning", field: loss.field })
  }
  if (isShouting(row.product.title)) findings.push({ ...SHOUTING, severity: "warning", field: "title" })
  return findings
}

/** Whether the row may be written. */
export function isValid(findings: Finding[]): boolean {
  return findings.every((finding) => finding.severity !== "error")
}

const SHOUTING: Words = {
  code: "title_all_capitals",
  title: "Title is all capital letters",
  message: "Meta warns about titles without lower-case letters and may show the item less.",
  action: "Write the product title with lower-case letters.",
}

function missing(field: FeedFieldName, losses: Loss[], currencyCode: string): Words {
  const invalid = losses.find((loss) => loss.field === field && loss.kind === "invalid")?.value
  const currency = currencyCode.toUpperCase()
  switch (field) {
    case "price":
      return invalid === undefined
        ? {
            code: "price_missing",
            title: `No price in ${currency}`,
            message: `The variant has no price in ${currency}, so Meta would refuse it.`,
            action: `Add a price in ${currency} to the variant.`,
          }
        : {
            code: "price_not_positive",
            title: "Price is not above zero",
            message: `The variant's price is ${invalid} ${currency}; Meta takes only prices above zero.`,
            action: "Correct the price of the variant.",
          }
    case "image_link":
      return invalid === undefined
        ? {
            code: "image_missing",
            title: "No image",
            message: "Neither the variant nor its product has an image, so Meta would refuse it.",
            action: "Add an image to the product. Meta asks for JPEG or PNG with at least 500 × 500 pixels.",
          }
        : {
            code: "image_url_invalid",
            title: "Image address cannot be used",
            message: `"${shorten(invalid)}" is not a full web address, so Meta cannot load the image.`,
            action: "Upload the image again, or set the backend URL of the file provider so that image addresses start with https://.",
          }
    case "brand":
      return {
        code: "brand_missing",
        title: "No brand",
        message: "Meta requires a brand, and neither the product nor the catalogue names one.",
        action: "Set a default brand in the catalogue's settings, or add the key brand to the product's metadata.",
      }
    case "link":
      return {
        code: "link_invalid",
        title: "Link to the product cannot be made",
        message: "The product URL template names a value that this variant does not have, or the result is not a web address.",
        action: "Check the handle of the product and the product URL template in the catalogue's settings.",
      }
    default:
      return {
        code: `${field}_missing`,
        title: `Field ${field} is empty`,
        message: `Meta requires ${field} and would refuse the item without it.`,
        action: `Fill in ${field} for the product.`,
      }
  }
}

function lossWords({ kind, field, value }: Loss): Words | null {
  if (kind === "cut") {
    return {
      code: `${field}_cut`,
      title: `Field ${field} was shortened`,
      message: `Meta takes at most ${limitOf(field)} characters in ${field}; the rest was left out.`,
      action: `Shorten the text if the end matters.`,
    }
  }
  if (kind === "replaced" && field === "description") {
    return {
      code: "description_missing",
      title: "No description",
      message: "The product has no description, so its subtitle or title is sent instead.",
      action: "Write a description for the product.",
    }
  }
  if (kind === "absent" && field === "id") {
    return {
      code: "sku_missing",
      title: "No SKU",
      message: "The variant has no SKU, so its variant id became the id at Meta. It stays so, even when a SKU is added later.",
      action: "Nothing has to be done. To use a SKU at Meta, make a new variant that has one.",
    }
  }
  if (kind === "invalid" && field === "gtin") {
    return {
      code: "gtin_invalid",
      title: "GTIN is wrong",
      message: `"${value}" is not a valid GTIN (its length or its check digit is wrong), so it was left out.`,
      action: "Correct the EAN, UPC or barcode of the variant.",
    }
  }
  if (kind === "invalid" && field in FIELD_VALUES) {
    const known = FIELD_VALUES[field as keyof typeof FIELD_VALUES].join(", ")
    return {
      code: `${field}_unknown`,
      title: `Value of ${field} is not known`,
      message: `Meta does not know "${value}" for ${field}, so it was left out.`,
      action: `Use one of: ${known}.`,
    }
  }
  if (kind === "invalid" && field === "google_product_category") {
    return {
      code: "google_product_category_unknown",
      title: "Google product category is not known",
      message: `"${value}" is neither an id nor an English path of at least two levels in Google's product taxonomy, so it was left out.`,
      action: "Correct google_product_category in the product's metadata or the catalogue's settings, or map the product's category.",
    }
  }
  if (kind === "invalid" && field === "sale_price") {
    return {
      code: "sale_price_not_positive",
      title: "Sale price is not above zero",
      message: `A price list gives ${value}; Meta takes only prices above zero, so the sale was left out.`,
      action: "Correct the price list.",
    }
  }
  return null
}

/** Ten letters or more and none of them in lower case: short names such as "USB-C" are no shouting. */
function isShouting(title: string): boolean {
  return !/\p{Ll}/u.test(title) && (title.match(/\p{Lu}/gu)?.length ?? 0) >= 10
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
