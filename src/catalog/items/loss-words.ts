import { FIELD_VALUES } from "../columns/field-kinds"
import { limitOf, type FeedFieldName } from "../columns/field-table"
import { isHookLoss, type FieldLoss, type HookLoss, type Loss } from "./loss"

/** A problem in words a merchant understands. */
export type Words = {
  /** Our own word in lower case, stable over releases. */
  code: string
  title: string
  message: string
  /** What a person can do about it. */
  action: string
}

/** Why a required column has no value, and what to do about it. */
export function missingWords(field: FeedFieldName, losses: Loss[], currencyCode: string): Words {
  const refused = losses.find((loss): loss is FieldLoss => loss.kind === "invalid" && loss.field === field)
  const invalid = refused?.value
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
        message: `Meta requires ${field} and would refuse the item without it.${refused?.reason ? ` "${invalid}" was left out: it ${refused.reason}.` : ""}`,
        action: `Fill in ${field} for the product.`,
      }
  }
}

/** What was left out or changed; null where nobody has to know. */
export function lossWords(loss: Loss): Words | null {
  return isHookLoss(loss) ? hookWords(loss) : fieldLossWords(loss)
}

function hookWords(loss: HookLoss): Words {
  if (loss.kind === "hook_failed") {
    return {
      code: "map_item_failed",
      title: "The store's mapItem failed",
      message: `The code that the store's developer put into the plugin option mapItem failed for this item: ${loss.reason}. Its last valid row is kept.`,
      action: "Ask the store's developer to correct mapItem.",
    }
  }
  return {
    code: "map_item_refused",
    title: `mapItem gave ${loss.field}, which was left out`,
    message: `The plugin option mapItem gave a value for ${loss.field}, but ${loss.field} ${loss.reason}.`,
    action: "Ask the store's developer to correct mapItem.",
  }
}

function fieldLossWords({ kind, field, value, reason }: FieldLoss): Words | null {
  if (kind === "cut") {
    return {
      code: `${field}_cut`,
      title: `Field ${field} was shortened`,
      message: Number.isFinite(limitOf(field))
        ? `Meta takes at most ${limitOf(field)} characters in ${field}; the rest was left out.`
        : `${field} has more entries than Meta takes; the rest was left out.`,
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
  if (kind === "invalid" && field === "gtin" && reason === undefined) {
    return {
      code: "gtin_invalid",
      title: "GTIN is wrong",
      message: `"${value}" is not a valid GTIN (its length or its check digit is wrong), so it was left out.`,
      action: "Correct the EAN, UPC or barcode of the variant.",
    }
  }
  if (kind === "invalid" && field in FIELD_VALUES && reason === undefined) {
    const known = FIELD_VALUES[field as keyof typeof FIELD_VALUES].join(", ")
    return {
      code: `${field}_unknown`,
      title: `Value of ${field} is not known`,
      message: `Meta does not know "${value}" for ${field}, so it was left out.`,
      action: `Use one of: ${known}.`,
    }
  }
  if (kind === "invalid" && field === "google_product_category" && reason === undefined) {
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
  if (kind === "invalid" && reason !== undefined) {
    return {
      code: `${field}_invalid`,
      title: `Value of ${field} cannot be used`,
      message: `"${value}" was left out: ${field} ${reason}.`,
      action: `Correct the value where ${field} is taken from, or take it from somewhere else in the catalogue's columns.`,
    }
  }
  return null
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
