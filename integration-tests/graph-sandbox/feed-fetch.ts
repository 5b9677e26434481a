import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { stat, unlink } from "node:fs/promises"
import http, { type IncomingMessage } from "node:http"
import https from "node:https"
import path from "node:path"
import { PassThrough, type Duplex } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip, createInflate } from "node:zlib"
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

const MOST_REDIRECTS = 5

/**
 * Fetches a feed file into the spool as Meta's crawler would (CONTRACT 6.6): one of its user agents, Basic auth, no redirects unless a
 * setting says so. A transfer that breaks off is a failure, a body shorter than its Content-Length and a content encoding that ends early
 * included; the setting `broken_transfer` takes what came for the file instead. A body that HTTP says is complete is taken as complete,
 * whatever is in it.
 */
export async function fetchFeed(world: World, request: FetchRequest): Promise<Fetched> {
  if (!/^https?:/.test(request.url)) {
    return { kind: "failed", reason: "the sandbox fetches over http and https only" }
  }
  const target = path.join(world.spool, randomUUID())
  const signal = AbortSignal.any([world.stopping, AbortSignal.timeout(world.settings.fetch_timeout_ms)])
  try {
    const response = await ask(request, { world, signal })
    if (response.statusCode === 304 && request.known) {
      response.resume()
      return { kind: "unchanged" }
    }
    if (response.statusCode !== 200) {
      response.destroy()
      return { kind: "failed", reason: `the server answered with HTTP ${response.statusCode}` }
    }
    await receive(response, target).catch(async (error: unknown) => {
      if (world.settings.broken_transfer === "refuse" || world.stopping.aborted || !(await exists(target))) throw error
    })
    return {
      kind: "file",
      path: target,
      filename: path.posix.basename(new URL(request.url).pathname),
      etag: response.headers.etag ?? null,
      last_modified: response.headers["last-modified"] ?? null,
    }
  } catch (error) {
    await unlink(target).catch(() => undefined)
    return { kind: "failed", reason: reasonOf(error) }
  }
}

type Asking = { world: World; signal: AbortSignal }

/** One answer, or that of where it points to. */
async function ask(request: FetchRequest, asking: Asking, redirects = 0): Promise<IncomingMessage> {
  const { protocol } = new URL(request.url)
  const client = protocol === "https:" ? https : http
  const asked = client.get(request.url, { headers: requestHeaders(asking.world, request), signal: asking.signal, agent: false })
  const [response] = (await once(asked, "response")) as [IncomingMessage]
  // From here on the response tells what goes wrong.
  asked.on("error", () => undefined)
  const { location } = response.headers
  const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0) && location !== undefined
  if (!isRedirect || !asking.world.settings.follow_redirects || redirects === MOST_REDIRECTS) {
    return response
  }
  response.destroy()
  const url = new URL(location, request.url)
  const isSameOrigin = url.origin === new URL(request.url).origin
  const next = isSameOrigin ? request : { ...request, username: undefined, password: undefined }
  return ask({ ...next, url: url.href }, asking, redirects + 1)
}

async function receive(response: IncomingMessage, target: string): Promise<void> {
  await pipeline(response, decoder(response.headers["content-encoding"]), createWriteStream(target))
}

/** Throws for a coding that was not asked for. */
function decoder(coding: string | undefined): Duplex {
  switch (coding?.trim().toLowerCase() ?? "identity") {
    case "identity":
      return new PassThrough()
    case "gzip":
    case "x-gzip":
      return createGunzip()
    case "deflate":
      return createInflate()
  }
  throw new Error(`Content-Encoding ${coding} was not asked for`)
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false
  )
}

function requestHeaders(world: World, { username, password, known }: FetchRequest): Record<string, string> {
  return {
    "user-agent": world.settings.user_agent,
    accept: "*/*",
    "accept-encoding": "gzip, deflate",
    ...(username === undefined && password === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${username ?? ""}:${password ?? ""}`).toString("base64")}` }),
    ...(known?.etag ? { "if-none-match": known.etag } : {}),
    ...(known?.last_modified ? { "if-modified-since": known.last_modified } : {}),
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: string; name?: string }).code ?? (error as { name?: string }).name
  return `the transfer failed${code && code !== "Error" ? ` (${code})` : ""}`
}
