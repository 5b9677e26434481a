import { DEFAULT_STOCK_POLICY, type StockPolicy, type StockSettings } from "../src/catalog/stock/stock-policy"
import { SET_APART } from "./store-stock"

/** What is tried: a stock policy as a merchant sets it, and what goes on around it. */
export type ComparedPolicy = {
  name: string
  policy: StockPolicy
  /** Percent of the stock that lies at a location of its own and is sold at Meta alone. */
  setApartPercent: number
  /** Null: a value is sent when stock changes. Else files every so many seconds and nothing between them. */
  uploadEvery: number | null
  /** Orders at Meta are read and subtracted until they are booked (A = I − P − C). */
  netsOrders: boolean
}

const HALF_A_DAY = 12 * 3_600

/** The policies of the documentation's tables, in their order there. */
export const COMPARED: readonly ComparedPolicy[] = [
  compared("everything", {}),
  compared("threshold 2", { threshold: 2 }),
  compared("threshold 5", { threshold: 5 }),
  compared("cutoff 5", { threshold: 5, threshold_mode: "cutoff" }),
  compared("by velocity 1/2/8", { threshold: 1, threshold_medium: 2, threshold_fast: 8 }),
  compared("latency 95 %", { latency_safety: true, service_level: 0.95 }),
  compared("latency 99 %", { latency_safety: true, service_level: 0.99 }),
  compared("cap 3", { cap: 3 }),
  compared("share 50 %", { allocation: "share", share_percent: 50 }),
  compared("fixed 3 a day", { allocation: "fixed", fixed_quantity: 3, fixed_refill: "daily" }),
  compared("set apart 30 %", { location_ids: [SET_APART] }, { setApartPercent: 30 }),
  compared("orders netted", {}, { netsOrders: true }),
  compared("slow, every 12 h", {}, { uploadEvery: HALF_A_DAY }),
  compared("slow, threshold 5", { threshold: 5 }, { uploadEvery: HALF_A_DAY }),
]

/** A policy with these settings and everything else as it is by default. */
export function compared(name: string, settings: Partial<StockSettings>, around: Partial<ComparedPolicy> = {}): ComparedPolicy {
  return { name, setApartPercent: 0, uploadEvery: null, netsOrders: false, ...around, policy: { ...DEFAULT_STOCK_POLICY, ...settings } }
}
