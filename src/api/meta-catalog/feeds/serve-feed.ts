import { once } from "node:events"
import type { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { IFileModuleService } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { exactly } from "../../../feed/exact-length"
import { FEED_CONTENT_TYPES, FEED_EXTENSIONS } from "../../../modules/meta-catalog/feed-format"
import { acceptsGzip, isAuthorised, isNotModified, isTokenValid, parseFileName, type Representation } from "../../../feed/serving"
import { SecretUnreadable } from "../../../modules/meta-catalog/secrets"
import type { ServableSnapshot } from "../../../modules/meta-catalog/snapshots"
import { metaCatalog } from "../../../workflows/open-catalog"

/** Seconds after which a client may ask again when there is no complete file yet. */
const RETRY_AFTER_S = 60

type Handler = (req: MedusaRequest, res: MedusaResponse) => Promise<void>
type Served = { snapshot: ServableSnapshot; isNamed: boolean; representation: Representation }

/**
 * Serves a feed's published file, or one snapshot by its id, to whoever knows the feed's token: always a complete file or
 * none, because a replace feed deletes at Meta what a cut-off file lacks.
 *
 * 404 for anything unknown, without saying what, and for a name that ends otherwise than the file's format asks for; 401 without the right credentials; 503 while there is no complete file.
 *
 * @param asksForCredentials whether Basic credentials are asked for where the feed has some
 */
export function serveFeed({ asksForCredentials }: { asksForCredentials: boolean }): Handler {
  return async (req, res) => {
    const module = metaCatalog(req.scope)
    const file = parseFileName(req.params.file)
    const named = file ? await module.snapshots.namedSnapshot({ snapshotId: file.id }) : undefined
    const [feed] = file ? await module.listFeeds({ id: named?.feed_id ?? file.id }, { take: 1 }) : []
    if (!file || !feed || !isTokenValid(req.params.token, feed, await module.issues.databaseNow())) {
      refuse(res, 404, "Not found")
      return
    }
    if (asksForCredentials && !(await checkCredentials(req, res, feed.id))) return
    const snapshot = named ?? (await module.snapshots.servedSnapshot({ feedId: feed.id }))
    if (!snapshot) return unavailable(res)
    if (FEED_EXTENSIONS[snapshot.format] !== file.extension) {
      refuse(res, 404, "Not found")
      return
    }
    const representation = file.isCompressed ? "stored" : acceptsGzip(req.headers["accept-encoding"]) ? "encoded" : "plain"
    await answer(req, res, { snapshot, isNamed: named !== undefined, representation })
  }
}

async function checkCredentials(req: MedusaRequest, res: MedusaResponse, feedId: string): Promise<boolean> {
  try {
    const credentials = await metaCatalog(req.scope).feedCredentials(feedId)
    if (!credentials || isAuthorised(req.headers.authorization, credentials)) return true
    res.set("WWW-Authenticate", 'Basic realm="Meta catalog feed", charset="UTF-8"')
    refuse(res, 401, "Unauthorized")
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error
    req.scope.resolve(ContainerRegistrationKeys.LOGGER).error(`[meta-catalog] the password of feed ${feedId} cannot be read: ${error.message}`)
    unavailable(res)
  }
  return false
}

async function answer(req: MedusaRequest, res: MedusaResponse, served: Served): Promise<void> {
  const { snapshot, representation } = served
  const version = {
    etag: representation === "stored" ? `"${snapshot.sha256}"` : `"${snapshot.sha256}-${representation}"`,
    lastModified: new Date(snapshot.finished_at),
  }
  res.set({
    ETag: version.etag,
    "Last-Modified": version.lastModified.toUTCString(),
    // Whoever stands between must neither keep a copy nor compress it again, which would take the length away.
    "Cache-Control": "private, no-cache, no-transform",
    Vary: "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
  })
  if (isNotModified({ ifNoneMatch: req.headers["if-none-match"], ifModifiedSince: req.headers["if-modified-since"] }, version)) {
    res.status(304).end()
    return
  }
  res.set({
    "Content-Type": representation === "stored" ? "application/gzip" : FEED_CONTENT_TYPES[snapshot.format],
    "Content-Length": representation === "plain" ? snapshot.plain_bytes : snapshot.bytes,
    ...(representation === "encoded" ? { "Content-Encoding": "gzip" } : {}),
  })
  if (req.method === "HEAD") {
    res.status(200).end()
    return
  }
  await send(req, res, served)
}

async function send(req: MedusaRequest, res: MedusaResponse, { snapshot, isNamed, representation }: Served): Promise<void> {
  const logger = req.scope.resolve(ContainerRegistrationKeys.LOGGER)
  let stored: Readable
  try {
    stored = await openFile(req, snapshot.file_key)
  } catch (error) {
    logger.error(`[meta-catalog] the file of snapshot ${snapshot.id} cannot be opened: ${wordsOf(error)}`)
    return unavailable(res)
  }
  try {
    res.status(200)
    const whole = exactly(Number(representation === "plain" ? snapshot.plain_bytes : snapshot.bytes))
    await (representation === "plain" ? pipeline(stored, createGunzip(), whole, res) : pipeline(stored, whole, res))
  } catch (error) {
    // Ended, a short response could pass for a complete file; broken off, it cannot.
    req.socket.destroy()
    logger.warn(`[meta-catalog] snapshot ${snapshot.id} was not served to its end: ${wordsOf(error)}`)
    return
  }
  // Here the last byte has been handed over: an upload session that begins now may have read this snapshot.
  await metaCatalog(req.scope)
    .fetches.recordFetch({
      feedId: snapshot.feed_id,
      snapshotId: snapshot.id,
      namedSnapshot: isNamed,
      userAgent: req.headers["user-agent"] ?? null,
    })
    .catch((error: unknown) => logger.error(`[meta-catalog] a fetch of snapshot ${snapshot.id} was not noted: ${wordsOf(error)}`))
}

/** Opens a stored file and waits for its first bytes, while an error can still be answered properly. */
async function openFile(req: MedusaRequest, key: string): Promise<Readable> {
  const stream = await req.scope.resolve<IFileModuleService>(Modules.FILE).getDownloadStream(key)
  await once(stream, "readable")
  return stream
}

function unavailable(res: MedusaResponse): void {
  for (const header of ["ETag", "Last-Modified", "Content-Length", "Content-Encoding", "Content-Type"]) res.removeHeader(header)
  res.set("Retry-After", String(RETRY_AFTER_S))
  refuse(res, 503, "There is no complete feed file yet; try again later.")
}

/** Ends the response with a short text. Not by `send`, which would give it a version of its own. */
function refuse(res: MedusaResponse, status: number, text: string): void {
  res.status(status).type("text").set("Content-Length", String(Buffer.byteLength(text))).end(text)
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
