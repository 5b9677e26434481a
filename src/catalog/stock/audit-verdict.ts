/** A pair as Meta knows it: quantity null is no number at all, which does not limit what may be sold. */
export type StockPair = { quantity: number | null; availability: string | null }

/** What Meta holds under one retailer id. `feedId` is Meta's id of the feed the item belongs to, null where it belongs to none. */
export type HeldItem = StockPair & { retailerId: string; visibility: string | null; feedId: string | null }

/** What we know of the same retailer id. */
export type LedgerItem = {
  wanted: StockPair
  /** Availability null means that what Meta holds is not known. */
  acknowledged: StockPair
  /** Null where it cannot be known now: visibility travels with the feed alone, and the newest file may still be on its way. */
  visibility: "published" | "staging" | null
  isListed: boolean
  /** The newest file that decided about the item holds it. */
  isWritten: boolean
  /** Neither due nor under way, and nothing sent, settled or uploaded in the last ten minutes. */
  isAtRest: boolean
}

/**
 * above: Meta may sell more, or shows more, than it should. below: Meta holds less than it acknowledged. skipped: nothing can be said
 * now. orphan: still at Meta in a feed of ours, which has left it out. other_source: not ours. missing: ours, and not at Meta.
 */
export type Verdict = "agree" | "above" | "below" | "skipped" | "orphan" | "other_source" | "missing"

/** `fields` are those that differ, under Meta's names; empty unless above or below. */
export type Judgement = { verdict: Verdict; fields: DriftField[] }
export type DriftField = "quantity_to_sell_on_facebook" | "availability" | "visibility"

/**
 * Compares one item at Meta with ours. Pure. `held` null says that Meta does not have the item, which has to be confirmed first;
 * `ours` null that no item of this catalogue ever had this retailer id. Prices are not compared: they read back as display text
 * (CONTRACT 4.3).
 */
export function judge(held: HeldItem | null, ours: LedgerItem | null, ourFeedIds: ReadonlySet<string>): Judgement {
  if (!held) {
    return verdictOnly(ours?.isListed && ours.isAtRest ? "missing" : "skipped")
  }
  const isInOurFeed = held.feedId !== null && ourFeedIds.has(held.feedId)
  const isElsewhere = held.feedId !== null && !isInOurFeed
  // Without a feed it was put there by hand, by another app, or by our own item calls; only what we listed is ours.
  if (!ours || isElsewhere || (!isInOurFeed && !ours.isListed)) {
    return verdictOnly("other_source")
  }
  if (!ours.isListed) {
    return verdictOnly(ours.isWritten || !ours.isAtRest ? "skipped" : "orphan")
  }
  if (!ours.isAtRest || ours.acknowledged.availability === null) {
    return verdictOnly("skipped")
  }
  return compare(held, ours)
}

function verdictOnly(verdict: Verdict): Judgement {
  return { verdict, fields: [] }
}

function compare(held: HeldItem, ours: LedgerItem): Judgement {
  const above = differing((field) => orderOf(field, held) > orderOf(field, { ...ours.wanted, visibility: ours.visibility }), ours)
  if (above.length > 0) {
    return { verdict: "above", fields: above }
  }
  const told = { ...ours.acknowledged, visibility: ours.visibility }
  const below = differing((field) => orderOf(field, held) < orderOf(field, told) || wordOf(field, held) !== wordOf(field, told), ours)
  return { verdict: below.length > 0 ? "below" : "agree", fields: below }
}

type Seen = StockPair & { visibility: string | null }

function differing(differs: (field: DriftField) => boolean, ours: LedgerItem): DriftField[] {
  return FIELDS.filter((field) => isCompared(field, ours) && differs(field))
}

const FIELDS: DriftField[] = ["quantity_to_sell_on_facebook", "availability", "visibility"]

/** A number that was never sent is not Meta's to hold; a visibility that is not known is not compared. */
function isCompared(field: DriftField, ours: LedgerItem): boolean {
  if (field === "quantity_to_sell_on_facebook") {
    return ours.wanted.quantity !== null && ours.acknowledged.quantity !== null
  }
  return field === "visibility" ? ours.visibility !== null : ours.wanted.availability !== null
}

/** How much a value lets Meta sell or show; more is above. */
function orderOf(field: DriftField, { quantity, availability, visibility }: Seen): number {
  if (field === "quantity_to_sell_on_facebook") {
    return quantity ?? Infinity
  }
  if (field === "visibility") {
    return visibility === "staging" ? 0 : 1
  }
  // Meta takes an item without a word for in stock (CONTRACT 4.2).
  return availability === null || availability === "in stock" ? 2 : SELLABLE.has(availability) ? 1 : 0
}

/** Words other than "in stock" under which Meta sells (CONTRACT 7.2). */
const SELLABLE = new Set(["available for order", "preorder"])

function wordOf(field: DriftField, seen: Seen): string {
  return field === "availability" ? (seen.availability ?? "in stock") : ""
}

/**
 * The share of the judged items that agree, in percent with two digits, cut and never rounded: 100 means that no item differs. Null
 * where nothing was judged.
 */
export function agreePercent({ agree, judged }: { agree: number; judged: number }): number | null {
  return judged === 0 ? null : Math.floor((agree * 10_000) / judged) / 100
}
