import { z } from "@medusajs/framework/zod"
import type { GraphCall } from "./client"
import type { ExchangeFailure, ExchangeReply } from "./exchange"
import { GraphError } from "./graph-error"
import { hideSecrets } from "./hide-secrets"
import { parseLossless } from "./lossless-json"
import type { GraphUsage } from "./usage"

const flag = z.union([z.boolean(), z.number().transform((value) => value !== 0)])
const wholeNumber = z.union([z.number().int(), z.string().regex(/^-?\d+$/).transform(Number)])

const envelope = z.looseObject({
  error: z.looseObject({
    code: wholeNumber,
    message: z.string().catch(""),
    error_subcode: wholeNumber.nullish().catch(null),
    is_transient: flag.nullish().catch(null),
    error_user_title: z.string().nullish().catch(null),
    error_user_msg: z.string().nullish().catch(null),
    fbtrace_id: z.string().nullish().catch(null),
  }),
})

/** A complete reply and what is known about it. `secrets` are values no error text may hold. */
export type ReceivedReply = { call: GraphCall; reply: ExchangeReply; usage: GraphUsage | undefined; secrets: string[] }

/** The reply as `schema` reads it. Throws GraphError for an error envelope and for anything the schema does not know. */
export function readReply<T>(received: ReceivedReply, schema: z.ZodType<T>): T {
  const { reply } = received
  const json = parseBody(reply.body)
  if (json === undefined) {
    const type = String(reply.headers["content-type"] ?? "no content type").slice(0, 100)
    throw unreadable(received, `it is not JSON (HTTP ${reply.status}, ${type}, ${reply.body.length} bytes)`)
  }
  // The envelope is looked for first and under any status: a permanent fault may come as 500, a refusal even as 200 (CONTRACT 1.4).
  const refusal = envelope.safeParse(json)
  if (refusal.success) {
    throw refusedCall(received, refusal.data.error)
  }
  if (reply.status < 200 || reply.status > 299) {
    throw unreadable(received, `HTTP ${reply.status} without Meta's error envelope`)
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join(".") || "reply"}: ${issue.message}`)
    throw unreadable(received, problems.join("; "), "UNEXPECTED_SHAPE")
  }
  return parsed.data
}

function parseBody(body: Buffer): unknown {
  try {
    return parseLossless(body.toString("utf8"))
  } catch {
    return undefined
  }
}

function unreadable({ call, reply, usage, secrets }: ReceivedReply, problem: string, systemCode: string | null = null): GraphError {
  return new GraphError(hideSecrets(`${call.method} ${call.path} got an answer that cannot be read: ${problem}`, secrets), {
    kind: "unreadable",
    outcome: call.method === "GET" ? "not_applied" : "unknown",
    status: reply.status,
    usage,
    systemCode,
  })
}

function refusedCall({ call, reply, usage, secrets }: ReceivedReply, error: z.infer<typeof envelope>["error"]): GraphError {
  const clean = (text: string) => hideSecrets(text, secrets)
  const marks = [
    `code ${error.code}`,
    error.error_subcode ? `subcode ${error.error_subcode}` : null,
    error.fbtrace_id ? `trace ${error.fbtrace_id}` : null,
  ].filter((mark) => mark !== null)
  const text = error.error_user_msg || error.message || "no reason given"
  return new GraphError(clean(`Meta refused ${call.method} ${call.path}: ${text} (${marks.join(", ")})`), {
    kind: "envelope",
    outcome: "not_applied",
    status: reply.status,
    code: error.code,
    subcode: error.error_subcode,
    fbtraceId: error.fbtrace_id ? clean(error.fbtrace_id) : null,
    isTransient: error.is_transient ?? false,
    userTitle: error.error_user_title ? clean(error.error_user_title) : null,
    userMessage: error.error_user_msg ? clean(error.error_user_msg) : null,
    usage,
  })
}

const WORDS_FOR_FAILURES: Record<string, string> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the host name was not found",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "no connection came about in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection came about in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer came in time",
  UND_ERR_BODY_TIMEOUT: "the answer stopped half way",
  UND_ERR_SOCKET: "the connection was lost",
  ECONNRESET: "the connection was lost",
  EPIPE: "the connection was lost",
  REPLY_TOO_LARGE: "the answer is larger than any this call can have",
  DEADLINE: "the call took too long",
  ABORTED: "the call was given up",
}

/** The error for a call whose reply never came, or came only in part. */
export function lostCall(call: GraphCall, failure: ExchangeFailure): GraphError {
  const mayBeApplied = call.method !== "GET" && failure.sent && !call.form?.sourceFailed()
  const words = call.form?.sourceFailed() ? "the file could not be read to its end" : WORDS_FOR_FAILURES[failure.systemCode]
  const code = hideSecrets(failure.systemCode)
  return new GraphError(`${call.method} ${call.path} got no answer from Meta: ${words ? `${words} (${code})` : code}`, {
    kind: failure.systemCode === "REPLY_TOO_LARGE" ? "unreadable" : "network",
    outcome: mayBeApplied ? "unknown" : "not_applied",
    status: failure.status,
    systemCode: failure.systemCode,
  })
}
