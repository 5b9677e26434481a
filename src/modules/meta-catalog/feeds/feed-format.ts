/** The formats a feed can have; all carry the same rows. */
export const FEED_FORMATS = ["csv", "tsv", "rss", "atom"] as const
export type FeedFormat = (typeof FEED_FORMATS)[number]

/** How a format's file is named, without the ending of its compression. RSS and Atom are both XML to whoever fetches them. */
export const FEED_EXTENSIONS = { csv: "csv", tsv: "tsv", rss: "xml", atom: "xml" } as const satisfies Record<FeedFormat, string>
export type FeedExtension = (typeof FEED_EXTENSIONS)[FeedFormat]

/** The media type of a format's plain file. */
export const FEED_CONTENT_TYPES = {
  csv: "text/csv; charset=utf-8",
  tsv: "text/tab-separated-values; charset=utf-8",
  rss: "application/rss+xml; charset=utf-8",
  atom: "application/atom+xml; charset=utf-8",
} as const satisfies Record<FeedFormat, string>
