import { FEED_EXTENSIONS, type FeedFormat } from "./feed-format"

/** What Meta's schedule fetches: always the published snapshot, under the ending of its format, or of the first one to come. */
export function feedUrl(publicUrl: string, feed: { id: string; token: string; format: FeedFormat; published_format: FeedFormat | null }): string {
  return `${publicUrl}/meta-catalog/feeds/${feed.token}/${storedFileName(feed.id, feed.published_format ?? feed.format)}`
}

/** What a one-time upload fetches: exactly this snapshot, so that the session can be tied to it. */
export function snapshotUrl(publicUrl: string, feed: { token: string }, snapshot: { id: string; format: FeedFormat }): string {
  return `${publicUrl}/meta-catalog/feeds/${feed.token}/${storedFileName(snapshot.id, snapshot.format)}`
}

/** How a stored, compressed file is named outside, after the feed or snapshot it belongs to. */
export function storedFileName(id: string, format: FeedFormat): string {
  return `${id}.${FEED_EXTENSIONS[format]}.gz`
}
