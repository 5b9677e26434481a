import type { GraphError } from "./graph-error"

/**
 * What to do after an error: retry (same call, after a backoff), throttle (same call, after `retryAfterMs`), pause (stop the catalogue until
 * a person acted), permanent (this call as it is will never pass), unknown_outcome (the call may have been applied).
 */
export type ErrorClass = "retry" | "throttle" | "pause" | "permanent" | "unknown_outcome"

/** `reason` is a stable word for texts and records. `retryAfterMs` is null where the caller's own backoff decides. */
export type Classification = { class: ErrorClass; reason: string; retryAfterMs: number | null }

/** Without a wait in the headers: minutes, not seconds, because calls made while throttled prolong the block (CONTRACT 1.4, 2.2). */
const DEFAULT_THROTTLE_MINUTES = 5

type Rule = { class: ErrorClass; reason: string }

/** By `error.code` (CONTRACT 1.4; 2635, a version past its end, is Meta's and not in that table). */
const BY_CODE = new Map<number, Rule>([
  ...rules("throttle", {
    4: "app_limit",
    17: "user_limit",
    32: "page_limit",
    341: "app_limit",
    613: "custom_limit",
    80000: "business_limit",
    80001: "business_limit",
    80002: "business_limit",
    80003: "business_limit",
    80004: "business_limit",
    80005: "business_limit",
    80006: "business_limit",
    80008: "business_limit",
    80009: "catalog_limit",
    80014: "catalog_batch_limit",
  }),
  ...rules("retry", { 1: "unknown_error", 2: "service_unavailable" }),
  ...rules("pause", {
    3: "capability_missing",
    10: "permission_missing",
    102: "token_invalid",
    104: "signature_wrong",
    190: "token_invalid",
    368: "policy_block",
    415: "two_factor_needed",
    2635: "version_ended",
    3964: "not_feed_admin",
    3970: "not_catalog_admin",
  }),
  ...rules("permanent", {
    100: "invalid_parameter",
    506: "duplicate_post",
    804: "exists_already",
    2500: "query_unreadable",
    10800: "retailer_id_exists",
    10801: "image_missing",
  }),
])

/** Why a token (102, 190) is unusable, by subcode. */
const TOKEN_SUBCODES: Record<number, string> = {
  452: "app_removed",
  458: "app_removed",
  459: "checkpoint_needed",
  460: "password_changed",
  463: "token_expired",
  464: "user_unconfirmed",
  465: "token_invalid",
  467: "token_invalid",
}

/**
 * Sorts an error by code, subcode and `isTransient` alone: HTTP status and texts are misleading (CONTRACT 1.4).
 *
 * `scope` says what the call was about. A missing object (100/33, 803) means a wrong or revoked catalogue when the catalogue itself was
 * addressed, and nothing more than a missing item, feed or upload otherwise.
 */
export function classifyGraphError(error: GraphError, scope: "catalog" | "object"): Classification {
  const rule = error.kind === "envelope" ? ruleForEnvelope(error, scope) : ruleForLostCall(error)
  return { ...rule, retryAfterMs: rule.class === "throttle" ? throttleMs(error) : null }
}

function ruleForLostCall(error: GraphError): Rule {
  if (error.outcome === "unknown") {
    return { class: "unknown_outcome", reason: error.kind === "network" ? "connection_lost" : "reply_unreadable" }
  }
  return { class: "retry", reason: error.kind === "network" ? "connection_failed" : "reply_unreadable" }
}

function ruleForEnvelope(error: GraphError, scope: "catalog" | "object"): Rule {
  const byCode = BY_CODE.get(error.code ?? 0)
  if (byCode?.class === "throttle" || byCode?.class === "retry") {
    return byCode
  }
  if (error.isTransient) {
    return { class: "retry", reason: "transient_error" }
  }
  if (isMissingObject(error)) {
    return scope === "catalog" ? { class: "pause", reason: "catalog_not_found" } : { class: "permanent", reason: "object_not_found" }
  }
  if (error.code !== null && error.code >= 200 && error.code <= 299) {
    return { class: "pause", reason: "permission_missing" }
  }
  if (byCode?.reason === "token_invalid") {
    return { class: "pause", reason: TOKEN_SUBCODES[error.subcode ?? 0] ?? byCode.reason }
  }
  return byCode ?? { class: "permanent", reason: "refused" }
}

/** 33 under 100, or an alias that leads nowhere. It may also exist and be invisible to the token. */
export function isMissingObject(error: GraphError): boolean {
  return (error.code === 100 && error.subcode === 33) || error.code === 803
}

function throttleMs(error: GraphError): number {
  return (error.usage?.regainAccessMinutes || DEFAULT_THROTTLE_MINUTES) * 60_000
}

function rules(ruleClass: ErrorClass, reasons: Record<number, string>): [number, Rule][] {
  return Object.entries(reasons).map(([code, reason]) => [Number(code), { class: ruleClass, reason }])
}
