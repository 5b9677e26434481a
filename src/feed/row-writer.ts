import { DEFAULT_LAYOUT, type FeedRow, type RowLayout } from "../catalog/columns/field-table"
import { csvHeader, csvWriter } from "./csv-rows"
import type { FeedFormat } from "../modules/meta-catalog/feeds/feed-format"
import { atomWriter, rssWriter } from "./xml-rows"

/** What an XML feed says about itself. */
export type FeedHead = {
  title: string
  /** Absolute address of the storefront. */
  link: string
  /** When the rows were read. Atom alone says it. */
  updatedAt: Date
}

/** One file's text in the order it is asked for: the header once, any number of pages, the footer once. */
export type RowWriter = {
  header(): string
  /** The text of a page of rows. Rows of one product should follow each other and hold the same `product` object. */
  rows(page: FeedRow[]): string
  footer(): string
}

const NO_FOOTER = () => ""

/**
 * Opens a writer of one file in a format. Every format carries the same rows.
 */
export function rowWriter(format: FeedFormat, head: FeedHead, layout: RowLayout = DEFAULT_LAYOUT): RowWriter {
  switch (format) {
    case "csv":
      return { header: () => csvHeader(",", layout), rows: csvWriter(",", layout), footer: NO_FOOTER }
    case "tsv":
      return { header: () => csvHeader("\t", layout), rows: csvWriter("\t", layout), footer: NO_FOOTER }
    case "rss":
      return rssWriter(head, layout)
    case "atom":
      return atomWriter(head, layout)
  }
}
