import type { IssueInput } from "../../modules/meta-catalog/issues"

/** Why an offered variant of a catalogue without a feed is not kept in step, in words for a person. */
export type AdoptionFinding = Pick<IssueInput, "code" | "severity" | "field" | "title" | "message" | "action">

/** Code of the finding that keeps an item from being made again. */
export const GONE_AT_META = "gone_at_meta"
/** Code of the finding that keeps a refused row from being tried again as it is. */
export const CREATION_REFUSED = "creation_refused"

/** Meta held it and does not any more: a person has deleted it there, and only a person brings it back. */
export const GONE: AdoptionFinding = {
  code: GONE_AT_META,
  severity: "error",
  field: "",
  title: "Meta no longer has this item",
  message: "The item was deleted in the Meta catalogue, so nothing is sent for it.",
  action: "Press Sync this product now to create it again, or take the product out of the sales channel.",
}

export const FEED_OWNED: AdoptionFinding = {
  code: "feed_owns_item",
  severity: "error",
  field: "",
  title: "A feed at Meta owns this item",
  message: "Meta asks not to change items of a feed by single-item updates, so nothing is sent for it.",
  action: "Switch the catalogue's transport to items_batch, or delete the other feed at Meta.",
}

/** A new item needs a price, and hundredths cannot say this one for sure (CONTRACT 4.2). */
export function priceNotInHundredths(price: string): AdoptionFinding {
  return {
    code: "price_not_in_hundredths",
    severity: "error",
    field: "price",
    title: "The item cannot be created at this price",
    message: `Meta does not have this item, and single-item calls write prices in hundredths, which does not fit ${price}.`,
    action: "Create the item in the Meta catalogue, or switch the transport to items_batch and create a feed.",
  }
}

export function creationRefused(words: string): AdoptionFinding {
  return {
    code: CREATION_REFUSED,
    severity: "error",
    field: "",
    title: "Meta refused to create the item",
    message: words,
    action: "Correct what Meta names at the product; it is tried again then, or with Sync this product now.",
  }
}

/** Meta does not show the item and says that its id is taken. */
export const HIDDEN: AdoptionFinding = {
  code: "item_not_readable",
  severity: "error",
  field: "",
  title: "Meta has this item and does not show it",
  message: "Meta refuses to create the item because its id exists, and does not find it by that id.",
  action: "Look for the id in the Meta catalogue. It is looked up again within a quarter of an hour.",
}

export function tooMany({ offered, most }: { offered: number; most: number }): AdoptionFinding {
  return {
    code: "too_many_items",
    severity: "error",
    field: "transport",
    title: "Too many products for single-item updates",
    message: `${offered} variants are offered. Single-item updates are for about a dozen; beyond ${most} nothing is created or sent.`,
    action: "Switch the catalogue's transport to items_batch and create a feed.",
  }
}
