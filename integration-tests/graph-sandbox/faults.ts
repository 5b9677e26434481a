import { z } from "zod"

const action = z.discriminatedUnion("type", [
  /** Waits before the call is handled; a following fault may still match the same call. */
  z.strictObject({ type: z.literal("latency"), ms: z.number().min(0) }),
  /** The socket is destroyed and the call is not applied. */
  z.strictObject({ type: z.literal("reset_before") }),
  /** The call is applied, then the socket is destroyed without a reply. */
  z.strictObject({ type: z.literal("reset_after") }),
  /** The call is applied; headers and half of the body leave, then the socket is destroyed. */
  z.strictObject({ type: z.literal("half_reply") }),
  /** The call is not applied; this status and body come back. */
  z.strictObject({
    type: z.literal("http"),
    status: z.number().int().min(200).max(599),
    body: z.string().default(""),
    headers: z.record(z.string(), z.string()).default({}),
  }),
  /** The call is not applied; this error envelope comes back. */
  z.strictObject({
    type: z.literal("error"),
    code: z.number().int(),
    subcode: z.number().int().optional(),
    message: z.string().default("Scripted error"),
    is_transient: z.boolean().optional(),
    http_status: z.number().int().min(200).max(599).optional(),
  }),
  /** The call is not applied; 80014 (batch) or 80009 (the rest) with the usage header and its waiting time in minutes. */
  z.strictObject({ type: z.literal("throttle"), minutes: z.number().int().min(0).default(5), code: z.number().int().optional() }),
  /** items_batch is applied, but the reply has no `handles`. */
  z.strictObject({ type: z.literal("missing_handle") }),
  /** The batch ends as Error or Canceled; of an Error, `applied_share` of the requests were carried out. */
  z.strictObject({
    type: z.literal("batch_status"),
    status: z.enum(["Error", "Canceled"]),
    applied_share: z.number().min(0).max(1).default(0),
  }),
  /** These items fail in the batch status; `errors_total_count` may say more than the ids given. */
  z.strictObject({
    type: z.literal("partial_failure"),
    retailer_ids: z.array(z.string()),
    errors_total_count: z.number().int().min(0).optional(),
  }),
  /**
   * items_batch: the first `share` of the accepted requests (at least one) is never carried out, and no reply ever names them. `told: "count"`
   * counts them in errors_total_count; "nothing" keeps quiet about them altogether.
   */
  z.strictObject({
    type: z.literal("silent_drop"),
    share: z.number().min(0).max(1).default(0.5),
    told: z.enum(["count", "nothing"]).default("count"),
  }),
  /** On items_batch: the handle it returns is expired at once. On check_batch_request_status: the asked handle expires now. */
  z.strictObject({ type: z.literal("expire_handle") }),
  /**
   * The call is applied `ms` after its reply (sandbox clock), or, with `after_calls`, once that many later POST or DELETE calls were applied.
   * `reply: "reset"` destroys the socket instead of replying. With a normal reply only items_batch, item updates and item
   * deletions are late; any other call is applied at once.
   */
  z.strictObject({
    type: z.literal("apply_late"),
    ms: z.number().min(0).default(0),
    after_calls: z.number().int().positive().optional(),
    reply: z.enum(["normal", "reset"]).default("normal"),
  }),
])

export const faultSchema = z.strictObject({
  method: z.enum(["GET", "POST", "DELETE"]).optional(),
  /** Regular expression, tested on the path without the query. */
  path: z
    .string()
    .refine((text) => compiles(text), "not a regular expression")
    .optional(),
  /** How many matching calls it strikes. */
  times: z.number().int().positive().default(1),
  /** How many matching calls pass before it strikes. */
  after: z.number().int().min(0).default(0),
  action,
})

export type Fault = z.input<typeof faultSchema>
export type FaultAction = z.output<typeof action>

type Scripted = z.output<typeof faultSchema> & { seen: number; struck: number }

/** The scripted faults, tried in order on each received call. */
export class FaultBook {
  private faults: Scripted[] = []

  script(faults: z.output<typeof faultSchema>[]): void {
    this.faults = faults.map((fault) => ({ ...fault, seen: 0, struck: 0 }))
  }

  clear(): void {
    this.faults = []
  }

  /** The actions that strike this call: any latencies, and at most one other. */
  strike(method: string, path: string): FaultAction[] {
    const actions: FaultAction[] = []
    for (const fault of this.faults) {
      if (fault.struck >= fault.times || !matches(fault, method, path)) {
        continue
      }
      fault.seen++
      if (fault.seen <= fault.after) {
        continue
      }
      fault.struck++
      actions.push(fault.action)
      if (fault.action.type !== "latency") {
        break
      }
    }
    return actions
  }
}

function matches(fault: Scripted, method: string, path: string): boolean {
  return (fault.method === undefined || fault.method === method) && (fault.path === undefined || new RegExp(fault.path).test(path))
}

function compiles(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
