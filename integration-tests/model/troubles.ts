import type { Fault } from "../graph-sandbox"

const MINUTE_MS = 60_000
/** Just inside the time for which a lost call may still be applied (10 minutes by default). */
const LATE_MS = 9 * MINUTE_MS

const POST = { method: "POST", path: "/items_batch$" } as const
const STATUS = { method: "GET", path: "/check_batch_request_status$" } as const
const UPLOADS = { path: "/uploads$" } as const

type Trouble = { where: Pick<Fault, "method" | "path">; action: Fault["action"] }

/** What can go wrong at Meta or on the way there, by a name a counterexample can show. */
export const TROUBLES = {
  "the call is lost on its way": { where: POST, action: { type: "reset_before" } },
  "the reply is lost": { where: POST, action: { type: "reset_after" } },
  "half of the reply is lost": { where: POST, action: { type: "half_reply" } },
  "a gateway answers 502": { where: POST, action: { type: "http", status: 502, body: "<html>Bad Gateway</html>" } },
  "a proxy answers 200 with a page": { where: POST, action: { type: "http", status: 200, body: "<html>Hello</html>" } },
  "code 2": { where: POST, action: { type: "error", code: 2, is_transient: true } },
  "batch calls are throttled": { where: POST, action: { type: "throttle", minutes: 2 } },
  "all calls are throttled": { where: POST, action: { type: "throttle", minutes: 1, code: 4 } },
  "the token is refused": { where: POST, action: { type: "error", code: 190 } },
  "the call is refused for good": { where: POST, action: { type: "error", code: 100 } },
  "no handle comes back": { where: POST, action: { type: "missing_handle" } },
  "the batch breaks off halfway": { where: POST, action: { type: "batch_status", status: "Error", applied_share: 0.5 } },
  "the batch is canceled": { where: POST, action: { type: "batch_status", status: "Canceled" } },
  "one item is refused": { where: POST, action: { type: "partial_failure", retailer_ids: ["SKU-0"] } },
  "more errors than are named": { where: POST, action: { type: "partial_failure", retailer_ids: ["SKU-0"], errors_total_count: 2 } },
  "half of it is dropped and only counted": { where: POST, action: { type: "silent_drop", share: 0.5 } },
  "the handle is dead at once": { where: POST, action: { type: "expire_handle" } },
  "the batch is applied minutes later": { where: POST, action: { type: "apply_late", ms: LATE_MS } },
  "the call is lost and applied minutes later": { where: POST, action: { type: "apply_late", ms: LATE_MS, reply: "reset" } },
  "the handle expires": { where: STATUS, action: { type: "expire_handle" } },
  "the status is refused for now": { where: STATUS, action: { type: "error", code: 2, is_transient: true } },
  "the status is throttled": { where: STATUS, action: { type: "throttle", minutes: 1 } },
  "uploads are refused for now": { where: UPLOADS, action: { type: "error", code: 2, is_transient: true } },
} as const satisfies Record<string, Trouble>

export type TroubleName = keyof typeof TROUBLES

/** Those after which nobody here can know what Meta did, or when. */
export const DOUBTFUL_TROUBLES: TroubleName[] = [
  "the call is lost and applied minutes later",
  "the batch is applied minutes later",
  "the reply is lost",
  "the handle expires",
  "half of it is dropped and only counted",
]

/** The script of one trouble that strikes so many calls. */
export function faultsOf(name: TroubleName, times: number): Fault[] {
  const { where, action } = TROUBLES[name] as Trouble
  return [{ ...where, action, times }]
}
