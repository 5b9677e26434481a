import { classifyGraphError, type Classification } from "../graph-api/classify-error"
import type { GraphError } from "../graph-api/graph-error"
import { pauseAndNotify, type OpenCatalog } from "./open-catalog"

/** Business limit of the catalogue's batch calls (CONTRACT 1.4). */
export const BATCH_LIMIT = 80014

/**
 * Does what an error says about the whole catalogue: pauses it when only a person can help, and keeps quiet for as long as
 * Meta asks when calls are throttled. What it means for the call itself is the caller's to decide.
 */
export async function heedGraphError(open: OpenCatalog, error: GraphError, scope: "catalog" | "object" = "catalog"): Promise<Classification> {
  const verdict = classifyGraphError(error, scope)
  if (verdict.class === "pause") {
    await pauseAndNotify(open.container, { catalog: open.catalog, reason: verdict.reason, message: wordsOf(error) })
  }
  if (verdict.class === "throttle") {
    const waitMs = verdict.retryAfterMs ?? 60_000
    // The batch bucket is one limit, every other limit concerns all calls; calls made meanwhile would prolong it (CONTRACT 2).
    const wait = { catalogId: open.catalog.id, waitMs }
    await (error.code === BATCH_LIMIT ? open.module.catalogs.throttleCatalog(wait) : open.module.catalogs.quietCatalog(wait))
    open.logger.info(`[meta-catalog] ${open.catalog.name}: Meta asks to wait ${Math.round(waitMs / 1000)} s (${verdict.reason})`)
  }
  return verdict
}

/** What a person reads about an error: Meta's own words where it has some for people, and the trace id its support asks for. */
export function wordsOf(error: GraphError): string {
  const words = [error.userTitle, error.userMessage].filter(Boolean).join(": ") || error.message
  return error.fbtraceId && !words.includes(error.fbtraceId) ? `${words} (Meta's trace id: ${error.fbtraceId})` : words
}
