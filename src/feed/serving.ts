import { createHash, timingSafeEqual } from "node:crypto"
import { FEED_EXTENSIONS, type FeedExtension } from "../modules/meta-catalog/feeds/feed-format"

/** What a request says about the copy it already has. */
export type ConditionalHeaders = { ifNoneMatch: string | undefined; ifModifiedSince: string | undefined }

/** One representation of one file. `hasOwnDate`: no other file of the feed has the same date to the second. */
export type Version = { etag: string; lastModified: Date; hasOwnDate: boolean }

/** Whether two secrets are the same, in a time that does not depend on where they differ. */
export function isSameSecret(given: string, expected: string): boolean {
  // Hashed first, because the comparison needs equal lengths and a length is a hint too.
  return timingSafeEqual(digestOf(given), digestOf(expected))
}

/** Whether a path token opens a feed: the present one, or the one before until its time has passed. */
export function isTokenValid(
  given: string,
  feed: { token: string; previous_token: string | null; previous_token_until: Date | string | null },
  now: Date
): boolean {
  const isPresent = isSameSecret(given, feed.token)
  const isPrevious = feed.previous_token !== null && isSameSecret(given, feed.previous_token)
  return isPresent || (isPrevious && feed.previous_token_until !== null && new Date(feed.previous_token_until) > now)
}

/** Whether an Authorization header carries these Basic credentials. */
export function isAuthorised(header: string | undefined, credentials: { username: string; password: string }): boolean {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? "") ?? []
  const given = Buffer.from(encoded ?? "", "base64").toString("utf8")
  return isSameSecret(given, `${credentials.username}:${credentials.password}`)
}

/**
 * Whether the client already has this version. An If-None-Match decides alone, as HTTP asks for; a date is compared in
 * whole seconds, which is all it can say, and says nothing where two files share a second.
 */
export function isNotModified(headers: ConditionalHeaders, version: Version): boolean {
  if (headers.ifNoneMatch !== undefined) {
    return headers.ifNoneMatch.trim() === "*" || headers.ifNoneMatch.split(",").some((tag) => bare(tag) === bare(version.etag))
  }
  return version.hasOwnDate && secondsOf(version) <= Date.parse(headers.ifModifiedSince ?? "")
}

/** Whether an If-Range header leaves a Range standing: only where the client has part of exactly this version. */
export function isRangeOf(ifRange: string | undefined, version: Version): boolean {
  if (ifRange === undefined) return true
  const given = ifRange.trim()
  return given === version.etag || (!/["/]/.test(given) && version.hasOwnDate && Date.parse(given) === secondsOf(version))
}

/** The forms a feed file is served in: as stored, or as plain text, for the client or the connection to decompress. */
export type Representation = "stored" | "encoded" | "plain"

/** What the file's name asks for; null for a name no feed has. */
export function parseFileName(file: string): { id: string; extension: FeedExtension; isCompressed: boolean } | null {
  const [, id, ending, compressed] = /^([A-Za-z0-9_]{1,64})\.([a-z]+)(\.gz)?$/.exec(file) ?? []
  const extension = Object.values(FEED_EXTENSIONS).find((known) => known === ending)
  return extension ? { id, extension, isCompressed: compressed !== undefined } : null
}

/** Whether a client takes gzip as a content encoding. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? "").split(",").some((entry) => {
    const [coding, ...parameters] = entry.trim().toLowerCase().split(/\s*;\s*/)
    return (coding === "gzip" || coding === "x-gzip") && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

function secondsOf({ lastModified }: Version): number {
  return Math.floor(lastModified.getTime() / 1000) * 1000
}

function bare(tag: string): string {
  return tag.trim().replace(/^W\//, "")
}

function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest()
}
