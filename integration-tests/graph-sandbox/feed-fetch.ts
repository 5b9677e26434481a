import { randomUUID } from "node:crypto"
import { createWriteStream } from "node:fs"
import { unlink } from "node:fs/promises"
import path from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { World } from "./world"

export type FetchRequest = {
  url: string
  username?: string
  password?: string
  /** What is remembered of the last file from this address; sent as conditions. */
  known?: { etag: string | null; last_modified: string | null }
}

export type Fetched =
  | { kind: "unchanged" }
  | { kind: "file"; path: string; filename: string; etag: string | null; last_modified: string | null }
  | { kind: "failed"; reason: string }

/** The longest a transfer may take. Meta's limit is unconfirmed. */
const FETCH_TIMEOUT_MS = 10 * 60 * 1000

/**
 * Fetches a feed file into the spool as Meta's crawler would (CONTRACT 6.6): one of its user agents, Basic auth, no redirects.
 * A transfer that breaks off is a failure; a body that HTTP says is complete is taken as complete, whatever is in it.
 */
export async function fetchFeed(world: World, request: FetchRequest): Promise<Fetched> {
  if (!/^https?:/.test(request.url)) {
    return { kind: "failed", reason: "the sandbox fetches over http and https only" }
  }
  const target = path.join(world.spool, randomUUID())
  try {
    const response = await fetch(request.url, {
      headers: requestHeaders(world, request),
      redirect: "manual",
      signal: AbortSignal.any([world.stopping, AbortSignal.timeout(FETCH_TIMEOUT_MS)]),
    })
    if (response.status === 304 && request.known) {
      return { kind: "unchanged" }
    }
    if (response.status !== 200) {
      await response.body?.cancel()
      return { kind: "failed", reason: `the server answered with HTTP ${response.status}` }
    }
    if (response.body) {
      await pipeline(Readable.fromWeb(response.body as import("node:stream/web").ReadableStream), createWriteStream(target))
    }
    return {
      kind: "file",
      path: target,
      filename: path.posix.basename(new URL(request.url).pathname),
      etag: response.headers.get("etag"),
      last_modified: response.headers.get("last-modified"),
    }
  } catch (error) {
    await unlink(target).catch(() => undefined)
    return { kind: "failed", reason: reasonOf(error) }
  }
}

function requestHeaders(world: World, { username, password, known }: FetchRequest): Record<string, string> {
  return {
    "user-agent": world.settings.user_agent,
    accept: "*/*",
    ...(username === undefined && password === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${username ?? ""}:${password ?? ""}`).toString("base64")}` }),
    ...(known?.etag ? { "if-none-match": known.etag } : {}),
    ...(known?.last_modified ? { "if-modified-since": known.last_modified } : {}),
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = (cause as { code?: string }).code
  return `the transfer failed${code ? ` (${code})` : ""}`
}
