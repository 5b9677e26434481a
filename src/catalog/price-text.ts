/** A currency as prices are written in it. */
export type Currency = {
  /** ISO 4217 code in either case. */
  code: string
  /** Digits after the dot: 2 for most, 0 for yen, 3 for dinars. */
  decimals: number
}

/**
 * A decimal amount in major units as Meta writes prices, for instance `24.50 GBP` (CONTRACT 7.2). Rounds half away from
 * zero on the decimal text itself, so that no binary fraction can move a cent.
 *
 * @throws RangeError when the amount is not a plain decimal number.
 */
export function priceText(amount: string, currency: Currency): string {
  return `${fixed(amount, currency.decimals)} ${currency.code.toUpperCase()}`
}

/** Whether a decimal amount is above zero once it is written with the currency's decimals. */
export function isPositive(amount: string, currency: Currency): boolean {
  const text = fixed(amount, currency.decimals)
  return !text.startsWith("-") && /[1-9]/.test(text)
}

/** Negative, zero or positive as the first decimal amount is below, equal to or above the second. */
export function compareAmounts(first: string, second: string, currency: Currency): number {
  const difference = units(first, currency.decimals) - units(second, currency.decimals)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function fixed(amount: string, decimals: number): string {
  const whole = units(amount, decimals)
  const digits = (whole < 0n ? -whole : whole).toString().padStart(decimals + 1, "0")
  const sign = whole < 0n ? "-" : ""
  return decimals === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** The amount in the currency's smallest unit. */
function units(amount: string, decimals: number): bigint {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(amount)
  if (!match || (match[2] === "" && !match[3])) throw new RangeError(`not a decimal amount: ${amount}`)
  const fraction = (match[3] ?? "").padEnd(decimals + 1, "0")
  const rounded = BigInt(`${match[2]}${fraction.slice(0, decimals)}` || "0") + (fraction[decimals] >= "5" ? 1n : 0n)
  return match[1] ? -rounded : rounded
}
