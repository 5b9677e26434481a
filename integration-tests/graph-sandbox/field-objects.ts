import { isRecord, type Check, type Checked, type Origin } from "./field-values"

/**
 * An object of named texts, or its JSON text in a cell. A name that is not in the list, and a value that is neither text nor a number, make it
 * unusable; `required` parts have to be there.
 */
export function parts(names: string[], required: string[] = []): Check {
  return (raw, _origin, field) => {
    const value = typeof raw === "string" ? parseJson(raw) : raw
    const isUsable =
      isRecord(value) &&
      Object.entries(value).every(([name, part]) => names.includes(name) && (typeof part === "string" || typeof part === "number")) &&
      required.every((name) => value[name] !== undefined && value[name] !== "")
    return isUsable ? { value } : refuse(field, `must be an object of ${names.join(", ")}`)
  }
}

/** `{"value":"1.20","currency":"EUR","unit":"l"}`. */
export const unitPrice: Check = (raw, origin, field) => {
  const checked = parts(["value", "currency", "unit"], ["value", "currency", "unit"])(raw, origin, field)
  if (!("value" in checked)) {
    return checked
  }
  const { value, currency } = checked.value as Record<string, string | number>
  return /^\d+(\.\d+)?$/.test(String(value)) && /^[A-Z]{3}$/.test(String(currency)) ? checked : refuse(field, "must have an amount and an ISO 4217 code")
}

/** `{"is_final_sale":"false","return_policy_days":"30"}` (seed 2: texts, and no days for a final sale). */
export const returnPolicy: Check = (raw, origin, field) => {
  const checked = parts(["is_final_sale", "return_policy_days"])(raw, origin, field)
  if (!("value" in checked)) {
    return checked
  }
  const { is_final_sale = "false", return_policy_days = "0" } = checked.value as Record<string, unknown>
  return ["true", "false"].includes(String(is_final_sale)) && /^\d+$/.test(String(return_policy_days)) ? checked : refuse(field, "must say true or false, and whole days")
}

/** Words of a fixed set: a JSON list, in a cell also text joined by commas, in XML the repeated element. */
export function wordsOf(words: string[]): Check {
  return (raw, origin, field) => {
    const list = listOf(raw, origin)
    return Array.isArray(list) && list.every((word) => words.includes(word as string)) ? { value: list } : refuse(field, `must be a list of ${words.join(", ")}`)
  }
}

function listOf(raw: unknown, origin: Origin): unknown {
  if (typeof raw !== "string") {
    return raw
  }
  return parseJson(raw) ?? (origin.kind === "feed" ? raw.split(",").map((word) => word.trim()) : raw)
}

/** A decimal number within bounds, as a number or as text. */
export function decimal(lowest: number, highest: number): Check {
  return (raw, _origin, field) => {
    const value = typeof raw === "string" && /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw
    return typeof value === "number" && value >= lowest && value <= highest ? { value } : refuse(field, `must be a number from ${lowest} to ${highest}`)
  }
}

/** An id, or a path at least `levels` deep. The names are not looked up. */
export function categoryPath(levels: number): Check {
  return (raw, _origin, field) =>
    typeof raw === "string" && (/^\d+$/.test(raw) || (raw.split(">").length >= levels && raw.split(">").every((name) => name.trim() !== "")))
      ? { value: raw }
      : { error_type: "UNSUPPORTED_PRODUCT_CATEGORY", summary: `${field}: Invalid product category provided`, description: `Use an id or a path at least ${levels} levels deep.` }
}

function refuse(field: string, words: string): Checked {
  return { error_type: "PROPERTY_VALUE_FORMAT", summary: `Invalid Value for Property: ${field}`, description: `${field} ${words}.` }
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
