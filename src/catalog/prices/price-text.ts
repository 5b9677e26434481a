/** A currency as prices are written in it. */
export type Currency = {
  /** ISO 4217 code in either case. */
  code: string
  /** Digits after the dot: 2 for most, 0 for yen, 3 for dinars. */
  decimals: number
}

/**
 * A decimal amount in major units in the currency's smallest unit. Rounds half away from zero on the decimal text itself,
 * so that no binary fraction can move a cent.
 *
 * @throws RangeError when the amount is not a plain decimal number.
 */
export function toUnits(amount: string, { decimals }: Currency): bigint {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(amount)
  if (!match || (match[2] === "" && !match[3])) throw new RangeError(`not a decimal amount: ${amount}`)
  const fraction = (match[3] ?? "").padEnd(decimals + 1, "0")
  const rounded = BigInt(`${match[2]}${fraction.slice(0, decimals)}` || "0") + (fraction[decimals] >= "5" ? 1n : 0n)
  return match[1] ? -rounded : rounded
}

/** A decimal number without an exponent, in which amounts below a millionth and very large ones are kept; anything else as it is. */
export function writtenOut(amount: string): string {
  const [, sign, whole, fraction = "", exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]?\d{1,4})$/i.exec(amount) ?? []
  if (exponent === undefined) return amount
  const dot = whole.length + Number(exponent)
  const digits = `${"0".repeat(Math.max(0, 1 - dot))}${whole}${fraction}`.padEnd(dot, "0")
  const at = Math.max(1, dot)
  return `${sign}${digits.slice(0, at)}${digits.length > at ? `.${digits.slice(at)}` : ""}`
}

/** Whether one decimal amount in major units is lower than another, to the twelfth digit after the dot. */
export function isLower(amount: string, than: string): boolean {
  const fine = { code: "", decimals: 12 }
  return toUnits(amount, fine) < toUnits(than, fine)
}

/** An amount in the currency's smallest unit as Meta writes prices, for instance `24.50 GBP` (CONTRACT 7.2). Not negative. */
export function priceText(units: bigint, { code, decimals }: Currency): string {
  const digits = units.toString().padStart(decimals + 1, "0")
  const dot = digits.length - decimals
  return `${decimals === 0 ? digits : `${digits.slice(0, dot)}.${digits.slice(dot)}`} ${code.toUpperCase()}`
}
