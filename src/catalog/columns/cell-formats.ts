import type { FeedField } from "./field-table"
import { choices, labels, media, pairs, shipping, urls } from "./cell-lists"
import { choice, country, date, form, googleCategory, gtin, number, path, period, price, unitsOf, url, weight } from "./cell-scalars"
import { excerpt, fitted, isBlank, isRecord, jsonOf, lineOf, textOf, type CellFormat } from "./cell-text"
import { plainText, richText } from "../items/plain-text"
import { priceText, type Currency } from "../prices/price-text"

/**
 * The form of one column's cells: a value of the store as text that Meta takes in this column. A blank value is no value.
 *
 * @param currency the catalogue's, in which its amounts are
 */
export function cellFormat(field: FeedField, currency: Currency): CellFormat {
  const format = formatOf(field, currency)
  return (raw, report) => (isBlank(raw) ? "" : format(raw, report))
}

function formatOf({ kind, maxLength }: FeedField, currency: Currency): CellFormat {
  const longest = maxLength ?? Infinity
  switch (kind.is) {
    case "text":
      return (raw, report) => fitted(listed(raw, report), longest, report)
    case "lines":
      return (raw, report) => fitted(plainText(textOf(raw) ?? listed(raw, report)), longest, report)
    case "html":
      return (raw, report) => html(textOf(raw) ?? listed(raw, report), longest)
    case "url":
      return url
    case "urls":
      return urls({ most: kind.most, longest })
    case "media":
      return media(kind.most)
    case "price":
      return price(currency)
    case "period":
      return period
    case "date":
      return date
    case "number":
      return number(kind)
    case "choice":
      return choice(kind.values)
    case "choices":
      return choices(kind.values)
    case "labels":
      return labels(kind)
    case "pairs":
      return pairs
    case "shipping":
      return shipping(currency)
    case "weight":
      return weight
    case "country":
      return country
    case "object":
      return object(kind.keys)
    case "unit_price":
      return unitPrice(currency)
    case "gtin":
      return gtin
    case "google_category":
      return googleCategory
    case "path":
      return path(kind.levels)
    case "form":
      return form(kind)
  }
}

/** One line; a list of plain values is joined by commas. */
function listed(raw: unknown, report: Parameters<CellFormat>[1]): string {
  if (Array.isArray(raw) && raw.every((entry) => textOf(entry) !== null)) return raw.map(lineOf).filter(Boolean).join(", ")
  if (textOf(raw) === null) report("invalid", excerpt(raw), "must be text")
  return lineOf(raw)
}

/** Text without HTML becomes a paragraph. */
function html(text: string, limit: number): string {
  return richText(text, limit) || richText(`<p>${text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</p>`, limit)
}

/** A JSON object of the named parts that have a value. */
function object(keys: readonly string[]): CellFormat {
  return (raw, report) => {
    const value = jsonOf(raw)
    if (!isRecord(value)) {
      report("invalid", excerpt(raw), `must be a JSON object with ${keys.join(", ")}`)
      return ""
    }
    const unknown = Object.keys(value).find((key) => !keys.includes(key))
    if (unknown !== undefined) report("invalid", excerpt(unknown), `has no part of this name, but ${keys.join(", ")}`)
    const parts = keys.map((key) => [key, lineOf(value[key])]).filter(([, text]) => text !== "")
    return parts.length === 0 ? "" : JSON.stringify(Object.fromEntries(parts))
  }
}

/** From such an object, or text such as `1.20 EUR/l`. Its currency is that of the item (catalog reference). */
function unitPrice(currency: Currency): CellFormat {
  return (raw, report) => {
    const { value, currency: code, unit } = unitPriceParts(raw)
    const units = unitsOf(`${lineOf(value)} ${lineOf(code)}`.trim(), currency)
    if (units !== null && units > 0n && lineOf(unit) !== "") {
      const [amount, own] = priceText(units, currency).split(" ")
      return JSON.stringify({ value: amount, currency: own, unit: lineOf(unit) })
    }
    report("invalid", excerpt(raw), `must be an amount in ${currency.code.toUpperCase()} and a unit, such as 1.20 ${currency.code.toUpperCase()}/l`)
    return ""
  }
}

function unitPriceParts(raw: unknown): Record<string, unknown> {
  const value = jsonOf(raw)
  if (isRecord(value)) return value
  const [, amount, code, unit] = /^([\d.]+) ?([a-z]{3})? ?(?:\/|per) ?(.+)$/i.exec(lineOf(raw)) ?? []
  return { value: amount, currency: code, unit }
}
