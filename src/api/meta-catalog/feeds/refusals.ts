import type { MedusaResponse } from "@medusajs/framework/http"

/** Seconds after which a client may ask again when there is no complete file yet. */
const RETRY_AFTER_S = 60

const HEADERS_OF_A_FILE = [
  "Accept-Ranges",
  "Content-Encoding",
  "Content-Length",
  "Content-Range",
  "Content-Type",
  "ETag",
  "Last-Modified",
]

/** 503: there is no complete file, now. Takes back what was said of one. */
export function unavailable(res: MedusaResponse): void {
  for (const header of HEADERS_OF_A_FILE) res.removeHeader(header)
  res.set("Retry-After", String(RETRY_AFTER_S))
  refuse(res, 503, "There is no complete feed file yet; try again later.")
}

/** Ends the response with a short text. Not by `send`, which would give it a version of its own. */
export function refuse(res: MedusaResponse, status: number, text: string): void {
  res.status(status).type("text").set("Content-Length", String(Buffer.byteLength(text))).end(text)
}
