/** How a price was read: a decimal text, nothing written, or why it cannot be read. */
export type ReadPrice = { amount: string | null } | { problem: string }

/**
 * Reads what people write into price cells: `19.99`, `19,99`, `1.234,50`, `€ 1,234.50`, `12 EUR`. The last separator is the decimal one unless
 * exactly three digits follow the only one, as no price of two decimals has them. Negative prices are read, so that the store shows them.
 *
 * @param currencyCode of the store; a price that names another is not read, because nobody said at which rate
 */
export function readPrice(cell: string, currencyCode: string): ReadPrice {
  if (cell === "") return { amount: null }
  const symbols = cell.replace(/[\d.,\s\u00a0'’+-]/g, "")
  const symbol = { eur: "€", usd: "$", gbp: "£" }[currencyCode]
  if (symbols !== "" && symbols !== symbol && symbols.toLowerCase() !== currencyCode) {
    return { problem: /\d/.test(cell) ? `the price "${cell}" is not in ${currencyCode.toUpperCase()}` : `the price "${cell}" is not a number` }
  }
  const digits = cell.replace(/[^\d.,-]/g, "")
  const amount = decimal(digits)
  return amount === null ? { problem: `the price "${cell}" is not a number` } : { amount }
}

/** Whole digits with or without separators of thousands, of one kind. */
const WHOLE = /^-?(\d*|\d{1,3}(,\d{3})+|\d{1,3}(\.\d{3})+)$/

function decimal(text: string): string | null {
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","))
  const kinds = new Set(text.replace(/[\d-]/g, ""))
  const isWhole = last === -1 || (text.length - last === 4 && kinds.size === 1 && !/^-?0/.test(text))
  const [whole, fraction] = isWhole ? [text, ""] : [text.slice(0, last), text.slice(last + 1)]
  if (!WHOLE.test(whole) || !/^\d*$/.test(fraction) || !/\d/.test(text)) return null
  const digits = whole.replace(/[.,]/g, "")
  return fraction === "" ? digits : `${digits.replace(/^(-?)$/, "$10")}.${fraction}`
}

/** A whole number of at least 0, or null where the cell holds none. */
export function readCount(cell: string): number | null {
  const number = Number(cell)
  return cell !== "" && Number.isFinite(number) ? Math.max(0, Math.trunc(number)) : null
}

/** Whether a cell says yes. */
export function isTrue(cell: string): boolean {
  return ["true", "yes", "1"].includes(cell.toLowerCase())
}
