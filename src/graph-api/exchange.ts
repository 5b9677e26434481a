import type { IncomingHttpHeaders } from "node:http"
import type { Readable } from "node:stream"
import type { Dispatcher } from "undici"
import { systemCodeOf } from "./system-code"

/** One HTTP request, ready to be written. Times in milliseconds. */
export type ExchangeRequest = {
  origin: string
  path: string
  method: "GET" | "POST" | "DELETE"
  headers: Record<string, string>
  body: string | Readable | null
  headersTimeoutMs: number
  bodyTimeoutMs: number
  /** Longest time for the whole exchange, waiting for a free connection included; null for none. */
  deadlineMs: number | null
  maxReplyBytes: number
  signal?: AbortSignal
}

/** A complete reply. Header names are lower case. */
export type ExchangeReply = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** An exchange that ended without a complete reply. */
export class ExchangeFailure extends Error {
  /** False only when not one byte of the request can have left this machine. */
  readonly sent: boolean
  readonly systemCode: string
  readonly status: number | null

  constructor(details: { sent: boolean; systemCode: string; status: number | null }) {
    super(details.systemCode)
    this.name = "ExchangeFailure"
    this.sent = details.sent
    this.systemCode = details.systemCode
    this.status = details.status
  }
}

/**
 * Does one HTTP exchange over undici and reads the reply whole. Throws ExchangeFailure and nothing else.
 *
 * It dispatches directly instead of through `dispatcher.request` because only the dispatch handler learns whether the request was ever
 * written to a socket, and that decides between "nothing happened" and "may have been applied".
 */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<ExchangeReply> {
  return new Promise((resolve, reject) => {
    let sent = false
    let settled = false
    let status: number | null = null
    let headers: IncomingHttpHeaders = {}
    let controller: Dispatcher.DispatchController | null = null
    let size = 0
    const chunks: Buffer[] = []

    function settle() {
      settled = true
      clearTimeout(deadline)
      request.signal?.removeEventListener("abort", abort)
    }
    function fail(systemCode: string) {
      if (settled) {
        return
      }
      settle()
      reject(new ExchangeFailure({ sent, systemCode, status }))
      controller?.abort(new Error(systemCode))
      if (request.body && typeof request.body !== "string") {
        request.body.on("error", () => undefined).destroy()
      }
    }
    function abort() {
      fail("ABORTED")
    }

    const deadline = request.deadlineMs === null ? undefined : setTimeout(() => fail("DEADLINE"), request.deadlineMs).unref()
    request.signal?.addEventListener("abort", abort)
    if (request.signal?.aborted) {
      return fail("ABORTED")
    }

    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: request.headers,
        body: request.body,
        headersTimeout: request.headersTimeoutMs,
        bodyTimeout: request.bodyTimeoutMs,
      },
      {
        onRequestStart(started) {
          if (settled) {
            started.abort(new Error("given up before it was sent"))
            return
          }
          controller = started
          sent = true
        },
        onResponseStart(_controller, statusCode, replyHeaders) {
          status = statusCode
          headers = replyHeaders
        },
        onResponseData(_controller, chunk) {
          size += chunk.length
          if (size > request.maxReplyBytes) {
            fail("REPLY_TOO_LARGE")
            return
          }
          chunks.push(chunk)
        },
        onResponseEnd() {
          if (!settled) {
            settle()
            resolve({ status: status ?? 0, headers, body: Buffer.concat(chunks, size) })
          }
        },
        onResponseError(_controller, error) {
          fail(systemCodeOf(error))
        },
      }
    )
  })
}
