import type { FieldKind } from "./field-kinds"
import { categoryOf } from "../categories/google-taxonomy"
import { parseGtin } from "../items/gtin"
import { excerpt, lineOf, momentText, type CellFormat } from "./cell-text"
import { priceText, toUnits, type Currency } from "../prices/price-text"
import { isWebUrl } from "../items/product-url"

/** Characters that an address may hold only encoded: Meta refuses them, or takes them for the end of the address. */
const UNSAFE = /[\s<>"]/g

/**
 * An absolute http(s) address without user name or password (CONTRACT 3.4); null for anything else. Blanks within are
 * percent-encoded, and with `inList` also what separates the addresses of a list.
 */
export function webAddress(raw: unknown, { inList }: { inList: boolean }): string | null {
  const encoded = lineOf(raw).replace(UNSAFE, encodeURIComponent)
  const address = inList ? encoded.replace(/[,;|]/g, encodeURIComponent) : encoded
  if (!isWebUrl(address)) return null
  const { username, password } = new URL(address)
  return username === "" && password === "" ? address : null
}

export const url: CellFormat = (raw, report) => {
  const address = webAddress(raw, { inList: false })
  if (address === null) report("invalid", excerpt(raw), "must be an address that begins with https://")
  return address ?? ""
}

const AMOUNT = /^(\d+(?:\.\d+)?) ?([a-z]{3})?$/i

/** An amount with or without its currency, in the currency's smallest unit; null for another currency or no amount at all. */
export function unitsOf(raw: unknown, currency: Currency): bigint | null {
  const [, amount, code] = AMOUNT.exec(lineOf(raw)) ?? []
  if (amount === undefined || (code && code.toUpperCase() !== currency.code.toUpperCase())) return null
  return toUnits(amount, currency)
}

/** A price in the catalogue's currency, with or without the code: `24.5` and `24.50 GBP` are the same. */
export function price(currency: Currency): CellFormat {
  return (raw, report) => {
    const units = unitsOf(raw, currency)
    if (units !== null && units > 0n) return priceText(units, currency)
    report("invalid", excerpt(raw), `must be an amount above zero in ${currency.code.toUpperCase()}, such as ${priceText(toUnits("24.5", currency), currency)}`)
    return ""
  }
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i

/** A date or moment in ISO 8601; one without an offset is read as UTC. Null for days that no calendar has. */
function instant(text: string): Date | null {
  const [, day, time, offset = "Z"] = INSTANT.exec(text) ?? []
  if (day === undefined || !isDay(day)) return null
  const zone = offset.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2")
  const date = new Date(time === undefined ? `${day}T00:00Z` : `${day}T${time.padStart(5, "0")}${zone}`)
  return Number.isNaN(date.getTime()) ? null : date
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** `<start>/<end>`, both to the minute; the end comes after the start. */
export const period: CellFormat = (raw, report) => {
  const ends = lineOf(raw).split("/").map((end) => instant(end.trim()))
  const [start, end] = ends.map((moment) => moment && momentText(moment))
  if (ends.length === 2 && start && end && start < end) return `${start}/${end}`
  report("invalid", excerpt(raw), "must be a start and a later end, such as 2027-03-01T08:00+00:00/2027-03-08T23:59+00:00")
  return ""
}

/** A day; of a moment its day in UTC. */
export const date: CellFormat = (raw, report) => {
  const found = instant(lineOf(raw))
  if (found === null) report("invalid", excerpt(raw), "must be a date such as 2027-03-01")
  return found?.toISOString().slice(0, 10) ?? ""
}

export function number({ lowest, highest, isWhole }: Extract<FieldKind, { is: "number" }>): CellFormat {
  const words = `must be a ${isWhole ? "whole number" : "number"} from ${lowest} to ${highest}`
  return (raw, report) => {
    const text = lineOf(raw)
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
    if (value >= lowest && value <= highest && (!isWhole || Number.isInteger(value))) return String(value)
    report("invalid", excerpt(raw), words)
    return ""
  }
}

/** The word of a fixed set that a text means, whatever its case and whether blanks, dashes or underscores join it. */
export function wordOf(raw: unknown, values: readonly string[]): string | undefined {
  const meant = bare(lineOf(raw))
  return values.find((value) => bare(value) === meant)
}

function bare(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, " ")
}

export function choice(values: readonly string[]): CellFormat {
  return (raw, report) => {
    const word = wordOf(raw, values)
    if (word === undefined) report("invalid", excerpt(raw), `must be one of ${values.join(", ")}`)
    return word ?? ""
  }
}

const NAMES_OF_COUNTRIES = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" })
/** Codes that name no country though they look like one. */
const NO_COUNTRIES = new Set(["EU", "EZ", "QO", "UN", "ZZ", "XA", "XB"])

/** ISO 3166-1 alpha-2 in capitals, also for codes that were replaced; null for no country. */
export function countryCode(raw: unknown): string | null {
  const text = lineOf(raw)
  if (!/^[a-z]{2}$/i.test(text)) return null
  const code = new Intl.Locale(`und-${text}`).region ?? ""
  return NO_COUNTRIES.has(code) || NAMES_OF_COUNTRIES.of(code) === undefined ? null : code
}

export const country: CellFormat = (raw, report) => {
  const code = countryCode(raw)
  if (code === null) report("invalid", excerpt(raw), "must be a country code of two letters (ISO 3166-1), such as GB")
  return code ?? ""
}

/** Numbers without a unit are refused: Medusa does not say in what its weights are. */
export const weight: CellFormat = (raw, report) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(lb|oz|g|kg)$/i.exec(lineOf(raw)) ?? []
  if (amount === undefined) report("invalid", excerpt(raw), "must be a number with lb, oz, g or kg, such as 0.4 kg")
  return amount === undefined ? "" : `${amount} ${unit.toLowerCase()}`
}

export const gtin: CellFormat = (raw, report) => {
  const digits = parseGtin(lineOf(raw))
  if (digits === null) report("invalid", excerpt(raw), "must be a GTIN with a right check digit")
  return digits ?? ""
}

export const googleCategory: CellFormat = (raw, report) => {
  const category = categoryOf(lineOf(raw))
  if (!category) report("invalid", excerpt(raw), "must be an id or an English path of at least two levels in Google's product taxonomy")
  return category?.id ?? ""
}

/** An id, or a path whose steps are joined by `>`. Meta's own taxonomy is not at hand, so names are not looked up. */
export function path(levels: number): CellFormat {
  return (raw, report) => {
    const text = lineOf(raw)
    const steps = text.split(">").map((step) => step.trim())
    if (/^\d{1,15}$/.test(text)) return text
    if (steps.length >= levels && steps.every(Boolean)) return steps.join(" > ")
    report("invalid", excerpt(raw), `must be an id or a path of at least ${levels} levels, such as "A > B > C"`)
    return ""
  }
}

export function form({ form: source, words }: Extract<FieldKind, { is: "form" }>): CellFormat {
  const expression = new RegExp(source)
  return (raw, report) => {
    const text = lineOf(raw)
    if (expression.test(text)) return text
    report("invalid", excerpt(raw), `must be ${words}`)
    return ""
  }
}
