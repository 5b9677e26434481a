import { createHmac } from "node:crypto"
import type { Readable } from "node:stream"
import { setTimeout as wait } from "node:timers/promises"
import { Pool, type Dispatcher } from "undici"
import type { z } from "@medusajs/framework/zod"
import { exchange, ExchangeFailure, type ExchangeReply } from "./exchange"
import { GraphConnectionError, GraphError } from "./graph-error"
import type { FileForm } from "./multipart-file"
import { lostCall, readReply } from "./read-reply"
import { readUsage, worstOf, type GraphUsage } from "./usage"

export type { GraphUsage } from "./usage"

export const DEFAULT_GRAPH_URL = "https://graph.facebook.com"
export const DEFAULT_GRAPH_VERSION = "v26.0"

/** Where and as whom to call. Secrets in clear text: keep it in memory only. */
export type GraphConnection = {
  /** Base address, "https://graph.facebook.com" unless a stand-in is meant. A path prefix is kept. */
  graphUrl: string
  /** "v26.0" style. */
  version: string
  accessToken: string
  /** With it every call carries `appsecret_proof` (CONTRACT 1.2). */
  appSecret?: string | null
}

export type GraphClientOptions = {
  /** Sends through this dispatcher (a proxy agent, a shared pool) instead of an own pool; `close()` then leaves it open. */
  dispatcher?: Dispatcher
  /** Longest wait for the reply to begin, default 60 s. */
  headersTimeoutMs?: number
  /** Longest pause inside a reply, default 60 s. */
  bodyTimeoutMs?: number
  /** Longest time for one call as a whole, default 5 min. File uploads have none: their pauses are bounded by the other two. */
  deadlineMs?: number
  /** Replies above this are given up, default 32 MiB. */
  maxReplyBytes?: number
  /** Called with the worst usage entry of every reply that carries usage headers, errors included; `all` are its entries. */
  onUsage?: (usage: GraphUsage, reply: { call: GraphCall; all: GraphUsage[] }) => void
  /** Ends every call of this client when aborted. */
  signal?: AbortSignal
}

/** One call. `path` goes below the version, without leading slash; its parts must be encoded already. */
export type GraphCall = {
  method: "GET" | "POST" | "DELETE"
  path: string
  /** Undefined entries are left out. */
  query?: Record<string, string | number | boolean | undefined>
  /** Sent as strict JSON. */
  json?: Record<string, unknown>
  /** Sent as multipart form, the file streamed. */
  form?: FileForm
  /** Values of this call that no error text may repeat, such as a feed address or its password. */
  secrets?: string[]
}

export type GraphClient = {
  /**
   * Does one call and returns its reply as `schema` reads it.
   *
   * Reads are tried up to three times when the connection or the reply is lost; writes never are, the caller decides.
   * Throws GraphError and nothing else, except what the source of a streamed file throws through it.
   */
  request<T>(call: GraphCall, schema: z.ZodType<T>): Promise<T>
  /** Ends the client's own connections once running calls are done. */
  close(): Promise<void>
}

const MAX_CONNECTIONS = 8
const READ_ATTEMPTS = 3
const FIRST_RETRY_MS = 200

/** Throws GraphConnectionError when the address, the version or the token cannot be used at all. Opens no connection yet. */
export function createGraphClient(connection: GraphConnection, options: GraphClientOptions = {}): GraphClient {
  const base = readBase(connection)
  const accessToken = readToken(connection.accessToken)
  // One request per connection at a time (pipelining 1 is undici's "off"): behind a lost call no other write may be lost with it.
  const ownPool = options.dispatcher ? null : new Pool(base.origin, { connections: MAX_CONNECTIONS, pipelining: 1 })
  const proof = connection.appSecret ? createHmac("sha256", connection.appSecret).update(accessToken).digest("hex") : null
  const session: Session = {
    dispatcher: options.dispatcher ?? (ownPool as Pool),
    origin: base.origin,
    prefix: `${base.pathname.replace(/\/+$/, "")}/${connection.version}/`,
    accessToken,
    proof,
    secrets: [accessToken, connection.appSecret ?? "", proof ?? ""],
    options,
  }
  return {
    request: (call, schema) => request(session, call, schema),
    close: async () => ownPool?.close(),
  }
}

type Session = {
  dispatcher: Dispatcher
  origin: string
  prefix: string
  accessToken: string
  proof: string | null
  secrets: string[]
  options: GraphClientOptions
}

function readBase(connection: GraphConnection): URL {
  if (!/^v\d+\.\d+$/.test(connection.version)) {
    throw new GraphConnectionError("version", `The Graph version must look like "${DEFAULT_GRAPH_VERSION}", not "${connection.version}".`)
  }
  const url = URL.canParse(connection.graphUrl) ? new URL(connection.graphUrl) : null
  if (!url || !["https:", "http:"].includes(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new GraphConnectionError("graphUrl", "The Graph address must be an http(s) address without credentials, query or fragment.")
  }
  return url
}

function readToken(accessToken: string): string {
  const token = accessToken.trim()
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new GraphConnectionError("accessToken", "The access token is empty or holds characters no token has. Copy it again from Meta.")
  }
  return token
}

async function request<T>(session: Session, call: GraphCall, schema: z.ZodType<T>): Promise<T> {
  const attempts = call.method === "GET" ? READ_ATTEMPTS : 1
  for (let attempt = 1; ; attempt++) {
    try {
      const reply = await send(session, call)
      const all = readUsage(reply.headers)
      const usage = worstOf(all) ?? undefined
      if (usage) {
        session.options.onUsage?.(usage, { call, all })
      }
      return readReply({ call, reply, usage, secrets: [...session.secrets, ...(call.secrets ?? [])] }, schema)
    } catch (error) {
      const lost = error instanceof GraphError && error.kind !== "envelope" && !NEVER_AGAIN.has(error.systemCode ?? "")
      if (!lost || attempt >= attempts) {
        throw error
      }
      await wait(Math.random() * FIRST_RETRY_MS * 2 ** attempt, undefined, { signal: session.options.signal }).catch(() => undefined)
    }
  }
}

/** Trying again would meet the same end. */
const NEVER_AGAIN = new Set(["ABORTED", "DEADLINE", "REPLY_TOO_LARGE", "UNEXPECTED_SHAPE"])

async function send(session: Session, call: GraphCall): Promise<ExchangeReply> {
  const { options } = session
  const content = contentOf(call)
  try {
    return await exchange(session.dispatcher, {
      origin: session.origin,
      path: session.prefix + call.path + queryOf(session, call),
      method: call.method,
      headers: { accept: "application/json", authorization: `Bearer ${session.accessToken}`, ...content.headers },
      body: content.body,
      headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
      bodyTimeoutMs: options.bodyTimeoutMs ?? 60_000,
      deadlineMs: call.form ? null : options.deadlineMs ?? 300_000,
      maxReplyBytes: options.maxReplyBytes ?? 32 * 1024 * 1024,
      signal: options.signal,
    })
  } catch (error) {
    throw error instanceof ExchangeFailure ? lostCall(call, error) : error
  }
}

function contentOf(call: GraphCall): { body: string | Readable | null; headers: Record<string, string> } {
  if (call.form) {
    return { body: call.form.open(), headers: call.form.headers }
  }
  return call.json
    ? { body: JSON.stringify(call.json), headers: { "content-type": "application/json" } }
    : { body: null, headers: {} }
}

/** The proof goes into the query because some POST edges honour it only there (CONTRACT 1.2). The token never does. */
function queryOf(session: Session, call: GraphCall): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) {
      query.set(name, String(value))
    }
  }
  if (session.proof) {
    query.set("appsecret_proof", session.proof)
  }
  return query.size > 0 ? `?${query}` : ""
}
