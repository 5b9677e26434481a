const CURRENCIES = new Set(Intl.supportedValuesOf("currency"))

export type Price = { amount: string; currency: string }

/** Why a price text cannot be used: its form, an unknown currency, no currency at all, or an amount of zero. */
export type PriceFault = "form" | "currency" | "no currency" | "zero"

const WITH_CURRENCY = /^(\d{1,12}(?:\.\d{1,3})?) ?([A-Z]{3})$/
const WITHOUT_CURRENCY = /^\d{1,12}(?:\.\d{1,3})?$/

/** Reads "24.50 GBP" (the blank may be missing). A bare number takes `defaultCurrency`, or is a fault where there is none (CONTRACT 7.2). */
export function parsePrice(text: string, defaultCurrency: string | null): Price | PriceFault {
  const found = WITH_CURRENCY.exec(text)
  const price = found ? { amount: found[1], currency: found[2] } : { amount: text, currency: defaultCurrency ?? "" }
  if (!found && !WITHOUT_CURRENCY.test(text)) {
    return "form"
  }
  if (price.currency === "") {
    return "no currency"
  }
  if (!CURRENCIES.has(price.currency)) {
    return "currency"
  }
  return Number(price.amount) > 0 ? price : "zero"
}

/** The stored form of a price. */
export function priceText({ amount, currency }: Price): string {
  return `${amount} ${currency}`
}

/** What a read of the item node shows: display text, not the text that was sent (CONTRACT 4.3). */
export function displayPrice(stored: unknown): string | undefined {
  const [amount, currency] = typeof stored === "string" ? stored.split(" ") : []
  if (!currency) {
    return undefined
  }
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(Number(amount))
}

/** A node-level amount in hundredths, as stored text: 2450 GBP is "24.50 GBP" (CONTRACT 4.2; also for currencies without decimals, where Meta's way is unconfirmed). */
export function priceFromHundredths(hundredths: number, currency: string): string {
  return `${(hundredths / 100).toFixed(2)} ${currency}`
}
