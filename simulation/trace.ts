/** Seconds of a day. */
export const DAY = 86_400

/** Somebody wants units of an item, in the store's own shop or at Meta. Each unit is sold or refused by itself. */
export type Demand = { at: number; channel: "web" | "meta"; units: number }

/** Units that come into the stock; negative for what leaves it other than by an order. */
export type Delivery = { at: number; units: number }

/** One item: what was there at the start, what came, and who wanted it. All times in seconds since the trace began, ascending. */
export type ItemTrace = {
  sku: string
  stock: number
  /** Units a day the store's orders of the time before the trace speak of, over `knownDays`. */
  unitsPerDayBefore: number
  /** 0 for an item the store had no orders of before. */
  knownDays: number
  demands: Demand[]
  deliveries: Delivery[]
}

/** A stretch of a store's trade. The same for every policy that is tried on it. */
export type Trace = { name: string; what: string; seconds: number; items: ItemTrace[] }
