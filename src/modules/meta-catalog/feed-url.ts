/** What Meta's schedule fetches: always the published snapshot. */
export function feedUrl(publicUrl: string, feed: { id: string; token: string }): string {
  return `${publicUrl}/meta-catalog/feeds/${feed.token}/${feed.id}.csv.gz`
}

/** What a one-time upload fetches: exactly this snapshot, so that the session can be tied to it. */
export function snapshotUrl(publicUrl: string, feed: { token: string }, snapshotId: string): string {
  return `${publicUrl}/meta-catalog/feeds/${feed.token}/${snapshotId}.csv.gz`
}
