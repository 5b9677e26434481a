import { classifyGraphError } from "../classify-error"
import { GraphError, type GraphErrorDetails } from "../graph-error"

function envelope(code: number, details: Partial<GraphErrorDetails> = {}) {
  return new GraphError("any text, localized", { kind: "envelope", outcome: "not_applied", status: 400, code, ...details })
}

const usage = { type: "catalog_batch", callCount: 100, totalTime: 1, totalCpuTime: 1, regainAccessMinutes: 12 }

describe("classifyGraphError", () => {
  it.each([
    4, 17, 32, 341, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014,
  ])("throttles on code %d for the minutes of the header, or for minutes without one", (code) => {
    expect(classifyGraphError(envelope(code, { usage }), "catalog")).toMatchObject({ class: "throttle", retryAfterMs: 720_000 })
    const withoutHeader = classifyGraphError(envelope(code, { isTransient: true }), "object")
    expect(withoutHeader.class).toBe("throttle")
    expect(withoutHeader.retryAfterMs).toBeGreaterThanOrEqual(60_000)
    const withoutWait = classifyGraphError(envelope(code, { usage: { ...usage, regainAccessMinutes: 0 } }), "object")
    expect(withoutWait.retryAfterMs).toBeGreaterThanOrEqual(60_000)
  })

  it.each([
    [1, "unknown_error"],
    [2, "service_unavailable"],
  ])("retries code %d", (code, reason) => {
    expect(classifyGraphError(envelope(code, { status: 500 }), "catalog")).toEqual({ class: "retry", reason, retryAfterMs: null })
  })

  it("retries whatever Meta calls transient and does not know better", () => {
    expect(classifyGraphError(envelope(100, { isTransient: true }), "object")).toEqual({ class: "retry", reason: "transient_error", retryAfterMs: null })
  })

  it.each([
    [3, "capability_missing"],
    [10, "permission_missing"],
    [102, "token_invalid"],
    [104, "signature_wrong"],
    [190, "token_invalid"],
    [200, "permission_missing"],
    [250, "permission_missing"],
    [299, "permission_missing"],
    [368, "policy_block"],
    [415, "two_factor_needed"],
    [2635, "version_ended"],
    [3964, "not_feed_admin"],
    [3970, "not_catalog_admin"],
  ])("pauses on code %d whatever was addressed", (code, reason) => {
    expect(classifyGraphError(envelope(code), "catalog")).toEqual({ class: "pause", reason, retryAfterMs: null })
    expect(classifyGraphError(envelope(code), "object")).toEqual({ class: "pause", reason, retryAfterMs: null })
  })

  it.each([
    [452, "app_removed"],
    [458, "app_removed"],
    [459, "checkpoint_needed"],
    [460, "password_changed"],
    [463, "token_expired"],
    [464, "user_unconfirmed"],
    [467, "token_invalid"],
    [99999, "token_invalid"],
  ])("says why a token is unusable by subcode %d", (subcode, reason) => {
    expect(classifyGraphError(envelope(190, { subcode }), "object")).toMatchObject({ class: "pause", reason })
    expect(classifyGraphError(envelope(102, { subcode }), "object")).toMatchObject({ class: "pause", reason })
  })

  it.each([
    ["100/33", { code: 100, subcode: 33 }],
    ["803", { code: 803 }],
  ])("pauses on a missing catalogue (%s) and gives up on a missing item, feed or upload", (_name, { code, ...details }) => {
    expect(classifyGraphError(envelope(code, details), "catalog")).toMatchObject({ class: "pause", reason: "catalog_not_found" })
    expect(classifyGraphError(envelope(code, details), "object")).toMatchObject({ class: "permanent", reason: "object_not_found" })
  })

  it.each([
    [100, "invalid_parameter"],
    [506, "duplicate_post"],
    [804, "exists_already"],
    [2500, "query_unreadable"],
    [10800, "retailer_id_exists"],
    [10801, "image_missing"],
    [199, "refused"],
    [300, "refused"],
    [987654, "refused"],
  ])("gives up on code %d, even when it comes as HTTP 500", (code, reason) => {
    expect(classifyGraphError(envelope(code, { status: 500 }), "catalog")).toEqual({ class: "permanent", reason, retryAfterMs: null })
  })

  it("does not look at HTTP status or text", () => {
    const texts = ["Please reduce the amount of data", "rate limit", "Invalid OAuth access token"]
    for (const status of [200, 400, 401, 403, 404, 429, 500, 503]) {
      for (const text of texts) {
        const error = new GraphError(text, { kind: "envelope", outcome: "not_applied", status, code: 100, userMessage: text })
        expect(classifyGraphError(error, "object")).toEqual({ class: "permanent", reason: "invalid_parameter", retryAfterMs: null })
      }
    }
  })

  it.each([
    ["network", "unknown", "unknown_outcome", "connection_lost"],
    ["unreadable", "unknown", "unknown_outcome", "reply_unreadable"],
    ["network", "not_applied", "retry", "connection_failed"],
    ["unreadable", "not_applied", "retry", "reply_unreadable"],
  ] as const)("takes a %s error whose outcome is %s for %s", (kind, outcome, errorClass, reason) => {
    const error = new GraphError("lost", { kind, outcome, status: kind === "network" ? null : 502 })
    expect(classifyGraphError(error, "catalog")).toEqual({ class: errorClass, reason, retryAfterMs: null })
  })
})
