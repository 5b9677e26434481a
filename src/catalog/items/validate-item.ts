import { cellOf, FEED_FIELDS, type FeedFieldName, type FeedRow } from "../columns/field-table"
import type { Loss } from "./loss"
import { lossWords, missingWords, type Words } from "./loss-words"

/** One problem of one item in plain words. With severity `error` Meta would refuse the row, so it is not written. */
export type Finding = Words & {
  severity: "error" | "warning"
  /** Meta's column, or `mapItem` where the store's own code is meant. */
  field: string
}

/** Availability is filled in with the stock, which always has one. */
const REQUIRED: readonly FeedFieldName[] = FEED_FIELDS.filter((field) => field.required && field.name !== "availability").map((field) => field.name)
const IS_REQUIRED: ReadonlySet<string> = new Set(REQUIRED)

/**
 * Judges a mapped row: what a required column lacks is an error, as for Meta; everything else is a warning, because Meta leaves the value out
 * and takes the item. Where the store's own code failed, the row is an error as well: nobody knows what it was to be. Pure.
 *
 * @param row without its stock
 * @param losses what the mapping had to leave out or change
 * @param currencyCode currency of the catalogue, for the wording
 */
export function validateItem({ row, losses }: { row: FeedRow; losses: Loss[] }, currencyCode: string): Finding[] {
  const findings: Finding[] = []
  for (const field of REQUIRED) {
    if (cellOf(row, field) === "") findings.push({ ...missingWords(field, losses, currencyCode), severity: "error", field })
  }
  for (const loss of losses) {
    // A required field that was left out has been reported as missing, with the reason.
    const isReported = IS_REQUIRED.has(loss.field) && loss.kind !== "hook_refused" && cellOf(row, loss.field as FeedFieldName) === ""
    const words = isReported ? null : lossWords(loss)
    if (words) findings.push({ ...words, severity: loss.kind === "hook_failed" ? "error" : "warning", field: loss.field })
  }
  if (isShouting(row.product.title)) findings.push({ ...shouting("title"), severity: "warning", field: "title" })
  if (isLongTextShouting(row.product.description)) findings.push({ ...shouting("description"), severity: "warning", field: "description" })
  if (row.extra.offer_price && row.variant.price && !isDeal(row.extra.offer_price, row.variant.price)) findings.push({ ...SMALL_DEAL, severity: "warning", field: "offer_price" })
  return findings
}

/** Whether the row may be written. */
export function isValid(findings: Finding[]): boolean {
  return findings.every((finding) => finding.severity !== "error")
}

function shouting(field: "title" | "description"): Words {
  return {
    code: `${field}_all_capitals`,
    title: `${field === "title" ? "Title" : "Description"} is all capital letters`,
    message: `Meta warns about ${field}s without lower-case letters and may show the item less.`,
    action: `Write the product ${field} with lower-case letters.`,
  }
}

const SMALL_DEAL: Words = {
  code: "offer_price_too_high",
  title: "Offer price is not low enough",
  message: "Meta asks for an offer price at least 15 percent below the price.",
  action: "Lower the offer price, or take offer_price away from this item.",
}

/** Seed 2. Both prices are in the catalogue's currency and have its decimals, so what is left without the dot can be compared. */
function isDeal(offerPrice: string, price: string): boolean {
  return digitsOf(offerPrice) * 100n <= digitsOf(price) * 85n
}

function digitsOf(price: string): bigint {
  return BigInt(price.replace(/\D/g, ""))
}

/** The last text that was looked at: variants of a product have the same, and looking through a long one costs. */
let looked = { text: "", isShouting: false }

/** Ten letters or more and none of them in lower case: short names such as "USB-C" are no shouting. */
function isShouting(text: string): boolean {
  return !/\p{Ll}/u.test(text) && (text.match(/\p{Lu}/gu)?.length ?? 0) >= 10
}

function isLongTextShouting(text: string): boolean {
  if (looked.text !== text) looked = { text, isShouting: isShouting(text) }
  return looked.isShouting
}
