import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { parseRange } from "../../../feed/byte-range"
import {
  acceptsGzip,
  isAuthorised,
  isNotModified,
  isRangeOf,
  isTokenValid,
  parseFileName,
  type Representation,
  type Version,
} from "../../../feed/serving"
import { FEED_CONTENT_TYPES, FEED_EXTENSIONS } from "../../../modules/meta-catalog/feeds/feed-format"
import { SecretUnreadable } from "../../../modules/meta-catalog/catalogs/secrets"
import type { ServedFeed, ServedFile } from "../../../modules/meta-catalog/feeds/served-files"
import { metaCatalog } from "../../../workflows/open-catalog"
import { noteFetch } from "./note-fetch"
import { refuse, unavailable } from "./refusals"
import { sendFile, type Served } from "./send-file"

type Handler = (req: MedusaRequest, res: MedusaResponse) => Promise<void>

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
    const name = parseFileName(req.params.file)
    const feed = name ? await metaCatalog(req.scope).fetches.findServed({ id: name.id }) : undefined
    if (!name || !feed || !isTokenValid(req.params.token, feed, feed.now)) return refuse(res, 404, "Not found")
    if (asksForCredentials && !(await hasCredentials(req, res, feed))) return
    const { file } = feed
    if (!file) return unavailable(res)
    if (FEED_EXTENSIONS[file.format] !== name.extension) return refuse(res, 404, "Not found")
    const representation = name.isCompressed ? "stored" : acceptsGzip(req.headers["accept-encoding"]) ? "encoded" : "plain"
    await answer(req, res, { feedId: feed.feed_id, isNamed: feed.is_named, file, representation })
  }
}

/** Answers a request that lacks them. */
async function hasCredentials(req: MedusaRequest, res: MedusaResponse, feed: ServedFeed): Promise<boolean> {
  try {
    const credentials = await metaCatalog(req.scope).openCredentials({ ...feed, id: feed.feed_id })
    if (!credentials || isAuthorised(req.headers.authorization, credentials)) return true
    res.set("WWW-Authenticate", 'Basic realm="Meta catalog feed", charset="UTF-8"')
    refuse(res, 401, "Unauthorized")
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error
    req.scope.resolve(ContainerRegistrationKeys.LOGGER).error(`[meta-catalog] the password of feed ${feed.feed_id} cannot be read: ${error.message}`)
    unavailable(res)
  }
  return false
}

async function answer(req: MedusaRequest, res: MedusaResponse, served: Served): Promise<void> {
  const { file, representation } = served
  const version: Version = {
    etag: etagOf(file, representation),
    lastModified: file.published_at,
    hasOwnDate: file.is_alone_in_its_second,
  }
  res.set({
    ETag: version.etag,
    "Last-Modified": version.lastModified.toUTCString(),
    // Whoever stands between must neither keep a copy nor compress it again, which would take the length away.
    "Cache-Control": "private, no-cache, no-transform",
    Vary: "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": representation === "stored" ? "bytes" : "none",
  })
  const ifNoneMatch = req.headers["if-none-match"]
  if (isNotModified({ ifNoneMatch, ifModifiedSince: req.headers["if-modified-since"] }, version)) {
    res.status(304).end()
    // "*" does not say which file the client has.
    if (req.method === "GET" && ifNoneMatch?.trim() !== "*") await noteFetch(req, served, { notModified: true })
    return
  }
  const size = representation === "plain" ? file.plain_bytes : file.bytes
  const canBeCut = req.method === "GET" && representation === "stored" && isRangeOf(header(req, "if-range"), version)
  const range = canBeCut ? parseRange(req.headers.range, size) : "whole"
  if (range === "unsatisfiable") {
    res.set("Content-Range", `bytes */${size}`)
    return refuse(res, 416, "The file has no such bytes.")
  }
  res.status(range === "whole" ? 200 : 206).set({
    "Content-Type": representation === "stored" ? "application/gzip" : FEED_CONTENT_TYPES[file.format],
    "Content-Length": String(range === "whole" ? size : range.last - range.first + 1),
    ...(range === "whole" ? {} : { "Content-Range": `bytes ${range.first}-${range.last}/${size}` }),
    ...(representation === "encoded" ? { "Content-Encoding": "gzip" } : {}),
  })
  if (req.method === "HEAD") {
    res.end()
    return
  }
  await sendFile(req, res, { ...served, size, range })
}

/**
 * Content that comes back has another tag than it had before: Meta took in what was between, and a 304 for the tag of its last
 * scheduled fetch would leave it with that.
 */
function etagOf({ sha256, came_back_after: between }: ServedFile, representation: Representation): string {
  return `"${[sha256, between, representation === "stored" ? null : representation].filter((part) => part !== null).join("-")}"`
}

function header(req: MedusaRequest, name: string): string | undefined {
  const value = req.headers[name]
  return Array.isArray(value) ? value[0] : value
}
