import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { AdminCancellation, AdminOrder } from "../../../api/admin/meta-catalog/order-types"
import { changeReason } from "../change-reason"
import { isCancellable, orderState, orderStock } from "../order-state"

const order = (change: Partial<AdminOrder>) =>
  ({ state: "CREATED", booked_at: null, told_at: null, late_notified_at: null, cancellations: [], ...change }) as AdminOrder
const cancellation = (change: Partial<AdminCancellation>) => ({ items: null, status: "done", ...change }) as AdminCancellation
const at = "2026-01-01T00:00:00Z"

it("says Meta's words in ours, and does not take an unknown one for something it is not", () => {
  const words = ["FB_PROCESSING", "CREATED", "IN_PROGRESS", "COMPLETED", "GONE", "UNREAD", "ON_HOLD"].map((state) => orderState({ state }).word)
  expect(words).toEqual(["processing", "created", "in_progress", "completed", "gone", "unread", "unread"])
})

it.each([
  [null, order({}), "off"],
  ["subtracted", order({}), "seller"],
  ["by_meta", order({ state: "FB_PROCESSING" }), "platform"],
  ["booked", order({ booked_at: at }), "seller"],
  ["late", order({ booked_at: at, late_notified_at: at }), "platform"],
  ["booked", order({ booked_at: at, late_notified_at: at, told_at: at }), "platform"],
  [null, order({ state: "IN_PROGRESS" }), "seller"],
] as const)("says %s of an order's stock", (expected, given, mode) => {
  expect(orderStock(given, mode)).toBe(expected)
})

it("offers to cancel what can be cancelled and is not being cancelled as a whole", () => {
  expect(isCancellable(order({}))).toBe(true)
  expect(isCancellable(order({ state: "FB_PROCESSING" }))).toBe(false)
  expect(isCancellable(order({ cancellations: [cancellation({ status: "waiting" })] }))).toBe(false)
  expect(isCancellable(order({ cancellations: [cancellation({ status: "refused" })] }))).toBe(true)
  expect(isCancellable(order({ cancellations: [cancellation({ items: [{ retailer_id: "A", quantity: 1 }] })] }))).toBe(true)
})

it("has a word for every reason that orders give for a change", () => {
  const module = join(__dirname, "..", "..", "..", "modules", "meta-catalog", "orders")
  const sources = ["meta-orders.ts", "order-bookings.ts", "cancellations.ts"].map((file) => readFileSync(join(module, file), "utf-8")).join("\n")
  const reasons = [...sources.matchAll(/markDue\("\w+", "([^"]+)"/g)].map((match) => match[1])
  expect(new Set(reasons).size).toBeGreaterThan(4)
  expect(reasons.map(changeReason)).toEqual(reasons.map(() => "order"))
})
