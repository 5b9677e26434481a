import type { ErrorType } from "./problems"
import { parsePrice, priceText } from "./prices"

/** Where a value comes from: a cell of a feed file (always text), or a JSON value of an items_batch request. */
export type Origin = { kind: "feed" | "batch"; defaultCurrency: string | null }

export type Checked = { value: unknown } | { error_type: ErrorType; summary: string; description: string }

export type Check = (raw: unknown, origin: Origin, field: string) => Checked

/** Text up to a length, in characters, that may differ between feed and items_batch (CONTRACT 3.6). */
export function text(feedLimit: number, batchLimit = feedLimit): Check {
  return (raw, origin, field) => {
    if (typeof raw !== "string") {
      return badForm(field, "must be text")
    }
    const limit = origin.kind === "feed" ? feedLimit : batchLimit
    if ([...raw].length > limit) {
      return {
        error_type: "PROPERTY_VALUE_STRING_EXCEEDS_LENGTH",
        summary: `Text Too Long: ${field}`,
        description: `${field} can have at most ${limit} characters.`,
      }
    }
    return { value: raw }
  }
}

export function oneOf(feedValues: string[], batchValues = feedValues, ignoreCase = false): Check {
  return (raw, origin, field) => {
    const values = origin.kind === "feed" ? feedValues : batchValues
    const value = ignoreCase && typeof raw === "string" ? raw.toLowerCase() : raw
    return typeof value === "string" && values.includes(value) ? { value } : badForm(field, `must be one of ${values.join(", ")}`)
  }
}

export const price: Check = (raw, origin, field) => {
  const parsed = typeof raw === "string" ? parsePrice(raw, origin.kind === "feed" ? origin.defaultCurrency : null) : "form"
  if (typeof parsed === "object") {
    return { value: priceText(parsed) }
  }
  if (parsed === "zero") {
    return { error_type: "PROPERTY_VALUE_NON_POSITIVE", summary: `Value Not Positive: ${field}`, description: `${field} must be above 0.` }
  }
  if (parsed === "currency") {
    return {
      error_type: "PROPERTY_PRICE_CURRENCY_NOT_SUPPORTED",
      summary: `Currency Not Supported: ${field}`,
      description: `${field} must end with an ISO 4217 code.`,
    }
  }
  return badForm(field, "must be a number with a dot and an ISO 4217 code, such as 24.50 GBP")
}

export const url: Check = (raw, _origin, field) => (isWebAddress(raw) ? { value: raw } : badUrl(field))

/** Up to 20 addresses and 2000 characters in one cell, or a JSON list of up to 50 (CONTRACT 3.6). */
export const urlList: Check = (raw, origin, field) => {
  const fromFeed = origin.kind === "feed"
  if (fromFeed && typeof raw === "string" && raw.length > 2000) {
    return badForm(field, "can have at most 2000 characters")
  }
  const list = fromFeed && typeof raw === "string" ? raw.split(/\s*[,;|]\s*|\s+/).filter(Boolean) : raw
  if (!Array.isArray(list) || list.length > (fromFeed ? 20 : 50)) {
    return badForm(field, `must be a list of up to ${fromFeed ? 20 : 50} addresses`)
  }
  return list.every(isWebAddress) ? { value: list } : badUrl(field)
}

/** A list of objects with `url` and optional `tag`: images and videos. */
export function media(limit: number): Check {
  return (raw, _origin, field) => {
    const list = typeof raw === "string" ? parseJson(raw) : raw
    if (!Array.isArray(list) || list.length > limit) {
      return badForm(field, `must be a list of up to ${limit} objects with a url`)
    }
    return list.every((entry) => isRecord(entry) && isWebAddress(entry.url)) ? { value: list } : badUrl(field)
  }
}

/** An integer from 0 or `lowest` up, as a number or as text (CONTRACT 7.2; text in a batch is in Meta's own sample). */
export function integer(highest: number, lowest = 0): Check {
  return (raw, _origin, field) => {
    const value = typeof raw === "string" && /^\d{1,10}$/.test(raw) ? Number(raw) : raw
    return typeof value === "number" && Number.isInteger(value) && value >= lowest && value <= highest
      ? { value }
      : badForm(field, `must be an integer from ${lowest} to ${highest}`)
  }
}

export function pattern(form: RegExp, words: string): Check {
  return (raw, _origin, field) => (typeof raw === "string" && form.test(raw) ? { value: raw } : badForm(field, words))
}

/** UPC-12, EAN-13, JAN-8/13, ISBN-13 or ITF-14, digits only and with a right check digit. */
export const gtin: Check = (raw) =>
  typeof raw === "string" && /^(\d{8}|\d{12,14})$/.test(raw) && hasCheckDigit(raw)
    ? { value: raw }
    : {
        error_type: "PROPERTY_VALUE_FORMAT",
        summary: "GTIN is incorrectly formatted",
        description: "A GTIN is a UPC, EAN, JAN or ISBN of 8, 12, 13 or 14 digits with a valid check digit.",
      }

/** A taxonomy id, or a path at least two levels deep. The names in a path are not looked up. */
export const googleCategory: Check = (raw) =>
  typeof raw === "string" && raw.length <= 250 && (/^\d{1,7}$/.test(raw) || /^[^<>]+( ?> ?[^<>]+)+$/.test(raw))
    ? { value: raw }
    : {
        error_type: "UNSUPPORTED_PRODUCT_CATEGORY",
        summary: "google_product_category: Invalid google product category provided",
        description: "Use an id or a full path of the taxonomy, at least two levels deep.",
      }

const INSTANT = String.raw`\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?`

/** `<start>/<end>`, ISO 8601; one side may be open. The sale must end after it starts. */
export const interval: Check = (raw, _origin, field) => {
  const found = typeof raw === "string" ? new RegExp(`^(${INSTANT})?/(${INSTANT})?$`).exec(raw) : null
  const [start, end] = [found?.[1], found?.[2]].map((instant) => (instant ? Date.parse(instant.replace(/(\d{2})(\d{2})$/, "$1:$2")) : null))
  const usable = found && (found[1] || found[2]) && !Number.isNaN(start) && !Number.isNaN(end)
  if (!usable) {
    return badForm(field, "must be <start>/<end> in ISO 8601 with an offset")
  }
  return start !== null && end !== null && start >= end
    ? { error_type: "PROPERTY_VALUE_FORMAT", summary: "Invalid Date Range", description: "The sale must end after it starts." }
    : { value: raw }
}

/** `['spring','sale']` in a cell, a JSON list in a batch; kept in lower case. */
export const labels: Check = (raw, _origin, field) => {
  const list = typeof raw === "string" ? parseJson(raw.replaceAll("'", '"')) : raw
  const usable = Array.isArray(list) && list.length <= 5000 && list.every((label) => typeof label === "string" && label.length <= 110)
  return usable
    ? { value: (list as string[]).map((label) => label.toLowerCase()) }
    : badForm(field, "must be a list such as ['spring','sale']")
}

/** Attributes with a field of their own are not allowed among the others (catalog reference). */
const CORE_ATTRIBUTES = new Set(["color", "size", "gender", "age_group", "material", "pattern"])

/** `Label:Value, Label2:Value2`; colon and comma only separate. */
export const variantAttributes: Check = (raw, _origin, field) =>
  typeof raw === "string" && raw.split(",").every((part) => /^[^:]+:[^:]+$/.test(part.trim()) && !CORE_ATTRIBUTES.has(part.split(":")[0].trim().toLowerCase()))
    ? { value: raw }
    : badForm(field, "must be Label:Value pairs joined by commas, and no label may be a field of its own")

/** Feed text `Country:Region:Service:Price`, or in a batch a list of objects. */
export const shipping: Check = (raw, origin, field) => {
  if (origin.kind === "batch" && Array.isArray(raw) && raw.every(isRecord)) {
    return { value: raw }
  }
  const entries = typeof raw === "string" ? raw.split(",").map((entry) => entry.trim().split(":")) : []
  const usable = entries.length > 0 && entries.every((entry) => entry.length === 4 && /^[A-Z]{2}$/.test(entry[0]) && /^\d+(\.\d+)? ?[A-Z]{3}$/.test(entry[3]))
  return usable
    ? { value: raw }
    : {
        error_type: "PROPERTY_VALUE_FORMAT",
        summary: `Price Without Currency for Property: ${field}`,
        description: "An entry is Country:Region:Service:Price, and its price needs a currency.",
      }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** An absolute http(s) address without user, password or blanks (CONTRACT 3.4: user names or passwords inside a URL are not supported). */
export function isWebAddress(raw: unknown): boolean {
  if (typeof raw !== "string" || !/^https?:\/\/[^\s<>"]+$/i.test(raw) || !URL.canParse(raw)) {
    return false
  }
  const { username, password } = new URL(raw)
  return username === "" && password === ""
}

function badForm(field: string, words: string): Checked {
  return { error_type: "PROPERTY_VALUE_FORMAT", summary: `Invalid Value for Property: ${field}`, description: `${field} ${words}.` }
}

function badUrl(field: string): Checked {
  return {
    error_type: "PROPERTY_VALUE_FORMAT",
    summary: `URL Incorrectly Formatted: ${field}`,
    description: "An address starts with http:// or https:// and holds no user name, password or blank; several need commas between them.",
  }
}

function hasCheckDigit(digits: string): boolean {
  const [check, ...rest] = [...digits].reverse().map(Number)
  const sum = rest.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 3 : 1), 0)
  return (10 - (sum % 10)) % 10 === check
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
