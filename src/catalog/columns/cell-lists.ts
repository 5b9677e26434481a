import { excerpt, isBlank, isRecord, jsonOf, lineOf, type CellFormat } from "./cell-text"
import { countryCode, unitsOf, webAddress, wordOf } from "./cell-scalars"
import { cut, isLonger } from "../items/plain-text"
import { priceText, type Currency } from "../prices/price-text"

/** A list as the store may hold it: a list, JSON, or text with separators. */
function listOf(raw: unknown, separators: RegExp): unknown[] {
  if (Array.isArray(raw)) return raw.filter((entry) => !isBlank(entry))
  const parsed = jsonOf(raw)
  if (Array.isArray(parsed)) return parsed.filter((entry) => !isBlank(entry))
  if (typeof raw !== "string") return [raw]
  return raw.split(separators).map((entry) => entry.trim()).filter(Boolean)
}

/** What stands between addresses. An address may itself hold what separates them, but no blank, so without one the next has to begin behind it. */
const BETWEEN_ADDRESSES = /[,;|]*\s+[,;|\s]*|[,;|]+(?=https?:\/\/)/i

/** Addresses joined by commas, as many as fit; one that is no address is left out. */
export function urls({ most, longest }: { most: number; longest: number }): CellFormat {
  return (raw, report) => {
    const addresses = new Set<string>()
    for (const entry of listOf(raw, BETWEEN_ADDRESSES)) {
      const address = webAddress(entry, { inList: true })
      if (address === null) report("invalid", excerpt(entry), "must be addresses that begin with https://")
      else addresses.add(address)
    }
    let cell = ""
    let taken = 0
    for (const address of addresses) {
      const longer = cell === "" ? address : `${cell},${address}`
      if (taken === most || isLonger(longer, longest)) {
        report("cut", excerpt(address))
        break
      }
      cell = longer
      taken += 1
    }
    return cell
  }
}

/** Objects with `url` and `tag`, or plain addresses, as a JSON list of objects (CONTRACT 7.3). */
export function media(most: number): CellFormat {
  return (raw, report) => {
    const entries = listOf(isRecord(raw) ? [raw] : raw, BETWEEN_ADDRESSES).flatMap((entry) => {
      const address = webAddress(isRecord(entry) ? entry.url : entry, { inList: false })
      if (address === null) report("invalid", excerpt(entry), "must be addresses that begin with https://")
      const tags = isRecord(entry) ? listOf(entry.tag ?? [], /,/).map(lineOf).filter(Boolean) : []
      return address === null ? [] : [{ url: address, ...(tags.length > 0 ? { tag: tags } : {}) }]
    })
    if (entries.length > most) report("cut", excerpt(entries[most].url))
    return entries.length === 0 ? "" : JSON.stringify(entries.slice(0, most))
  }
}

/** `['spring','sale']`: single quotes around each, in lower case, without what separates them (catalog reference). */
export function labels({ most, longest }: { most: number; longest: number }): CellFormat {
  return (raw, report) => {
    const found = new Set(labelsOf(raw).map((label) => cut(lineOf(lineOf(label).replace(/['"[\],]/g, " ")).toLowerCase(), longest)))
    found.delete("")
    if (found.size > most) report("cut", `${found.size} labels`)
    return found.size === 0 ? "" : `[${[...found].slice(0, most).map((label) => `'${label}'`).join(",")}]`
  }
}

/** Meta's own notation is taken as well. */
function labelsOf(raw: unknown): unknown[] {
  const quoted = typeof raw === "string" ? /^\s*\[(.*)\]\s*$/s.exec(raw)?.[1] : undefined
  return listOf(quoted ?? raw, /[,\n]/)
}

/** Words of a fixed set as a JSON list. */
export function choices(values: readonly string[]): CellFormat {
  return (raw, report) => {
    const words = labelsOf(raw).flatMap((entry) => {
      const word = wordOf(lineOf(entry).replace(/['"]/g, ""), values)
      if (word === undefined) report("invalid", excerpt(entry), `must be one or more of ${values.join(", ")}`)
      return word ?? []
    })
    return words.length === 0 ? "" : JSON.stringify([...new Set(words)])
  }
}

/** What Meta has columns of its own for cannot be an additional attribute (catalog reference). */
const CORE_ATTRIBUTES = new Set(["color", "size", "gender", "age group", "material", "pattern"])

/** `Label:Value, Label:Value` from such text, an object, or a list of `{label, value}`. */
export const pairs: CellFormat = (raw, report) => {
  const cells = pairsOf(raw).flatMap(([label, value]) => {
    const pair = [label, value].map((part) => lineOf(lineOf(part).replace(/[:,]/g, " ")))
    const isUsable = pair.every(Boolean) && !CORE_ATTRIBUTES.has(pair[0].toLowerCase().replace(/_/g, " "))
    if (!isUsable) report("invalid", excerpt(`${lineOf(label)}:${lineOf(value)}`), "must be Label:Value pairs, and no label may be a column of its own, such as color")
    return isUsable ? [pair.join(":")] : []
  })
  return [...new Set(cells)].join(", ")
}

function pairsOf(raw: unknown): [unknown, unknown][] {
  const value = isRecord(raw) || Array.isArray(raw) ? raw : (jsonOf(raw) ?? raw)
  if (isRecord(value)) return Object.entries(value)
  return listOf(value, /,/).map((entry) => {
    if (isRecord(entry)) return [entry.label ?? entry.variant_label, entry.value ?? entry.variant_value]
    const [label, ...rest] = lineOf(entry).split(":")
    return [label, rest.join(" ")]
  })
}

/** `Country:Region:Service:Price` entries joined by commas; a price without a currency has the catalogue's (CONTRACT 3.6). */
export function shipping(currency: Currency): CellFormat {
  return (raw, report) => {
    const entries = listOf(isRecord(raw) ? [raw] : raw, /,/).flatMap((entry) => {
      const [code, region, service, amount] = shipmentOf(entry)
      const country = countryCode(code)
      const price = shippingPrice(amount, currency)
      if (country !== null && price !== null) return [[country, separated(region), separated(service), price].join(":")]
      report("invalid", excerpt(entry), `must be entries such as GB::Standard:4.90 ${currency.code.toUpperCase()}`)
      return []
    })
    return entries.join(",")
  }
}

function shipmentOf(entry: unknown): unknown[] {
  if (!isRecord(entry)) {
    const parts = lineOf(entry).split(":")
    return parts.length === 4 ? parts : []
  }
  const amount = [entry.shipping_price_value, entry.shipping_price_currency].map(lineOf).join(" ").trim()
  return [entry.shipping_country ?? entry.country, entry.shipping_region ?? entry.region, entry.shipping_service ?? entry.service, entry.price ?? amount]
}

/** Free shipping is a price of 0. */
function shippingPrice(raw: unknown, currency: Currency): string | null {
  const own = unitsOf(raw, currency)
  if (own !== null) return priceText(own, currency)
  const [, amount, code] = /^(\d+(?:\.\d+)?) ?([a-z]{3})$/i.exec(lineOf(raw)) ?? []
  return amount === undefined ? null : `${amount} ${code.toUpperCase()}`
}

function separated(raw: unknown): string {
  return lineOf(lineOf(raw).replace(/[:,]/g, " "))
}
