import type { GraphUsage } from "./usage"

/** Everything a GraphError says besides its message. */
export type GraphErrorDetails = {
  kind: GraphError["kind"]
  outcome: GraphError["outcome"]
  status?: number | null
  code?: number | null
  subcode?: number | null
  fbtraceId?: string | null
  isTransient?: boolean
  userTitle?: string | null
  userMessage?: string | null
  usage?: GraphUsage
  systemCode?: string | null
}

/**
 * A call to Meta's Graph API that did not give a usable reply. Its texts hold no secret: token, app secret, proof, feed addresses and
 * passwords are taken out before they get here.
 *
 * Decide by `classifyGraphError`, never by `status` or text: Meta reports rate limits as 400 and permanent faults as 500, and localizes
 * its messages (CONTRACT 1.4).
 */
export class GraphError extends Error {
  /** envelope: Meta answered with an error. network: no complete answer came. unreadable: an answer came that is not what the edge promises. */
  readonly kind: "envelope" | "network" | "unreadable"
  /** HTTP status, null when no answer began. For the reader of a log only. */
  readonly status: number | null
  /** Meta's `error.code`. */
  readonly code: number | null
  /** Meta's `error.error_subcode`. */
  readonly subcode: number | null
  /** What Meta's support asks for. */
  readonly fbtraceId: string | null
  readonly isTransient: boolean
  /** Meta's own words for a person, in the locale of the token's owner. */
  readonly userTitle: string | null
  readonly userMessage: string | null
  /** The usage headers of this reply, when it had any. */
  readonly usage?: GraphUsage
  /** The code of the failed connection ("ECONNREFUSED", "UND_ERR_HEADERS_TIMEOUT", …), null when there was none. */
  readonly systemCode: string | null
  /** unknown: the call is a write and may have been applied, now or late. not_applied: it changed nothing (every read, too). */
  readonly outcome: "not_applied" | "unknown"

  constructor(message: string, details: GraphErrorDetails) {
    super(message)
    this.name = "GraphError"
    this.kind = details.kind
    this.outcome = details.outcome
    this.status = details.status ?? null
    this.code = details.code ?? null
    this.subcode = details.subcode ?? null
    this.fbtraceId = details.fbtraceId ?? null
    this.isTransient = details.isTransient ?? false
    this.userTitle = details.userTitle ?? null
    this.userMessage = details.userMessage ?? null
    this.usage = details.usage
    this.systemCode = details.systemCode ?? null
  }
}

/** A connection that cannot be used at all, found before anything is sent. `field` names the setting to correct. */
export class GraphConnectionError extends Error {
  readonly field: "graphUrl" | "version" | "accessToken"

  constructor(field: GraphConnectionError["field"], message: string) {
    super(message)
    this.name = "GraphConnectionError"
    this.field = field
  }
}
