import { z } from "zod"
import { badParameter } from "./errors"
import { uint } from "./params"

/** Parameters of every list (CONTRACT 1.3). */
export const pageParams = {
  limit: uint.pipe(z.number().min(1)).default(25),
  after: z.string().optional(),
  before: z.string().optional(),
}

/** Larger pages are cut: "page sizes can be smaller than limit". */
export const MAX_PAGE = 1000

export type Page<T> = { rows: T[]; hasNext: boolean; hasPrevious: boolean }

export type PageRequest = { limit: number; after?: string; before?: string }

/**
 * SQL fragments for keyset paging on an ascending text key. `bind` adds a value and gives its placeholder.
 * Backward pages are read in reverse; `cutPage` turns them round.
 */
export function keyset(page: PageRequest, column: string, bind: (value: unknown) => string) {
  const limit = Math.min(page.limit, MAX_PAGE)
  const where =
    page.after !== undefined
      ? `${column} > ${bind(readCursor(page.after))}`
      : page.before !== undefined
        ? `${column} < ${bind(readCursor(page.before))}`
        : "true"
  const backwards = page.after === undefined && page.before !== undefined
  return { where, tail: `ORDER BY ${column} ${backwards ? "DESC" : "ASC"} LIMIT ${limit + 1}`, limit, backwards }
}

/**
 * SQL fragments for paging by position, whose cursors are positions counted from 1: rows that move in the order meanwhile are
 * missed or come twice. `after` wins over `before`.
 */
export function byPosition(page: PageRequest, order: string) {
  const limit = Math.min(page.limit, MAX_PAGE)
  const until = page.after === undefined && page.before !== undefined ? readPosition(page.before) - 1 : null
  const skipped = until === null ? (page.after === undefined ? 0 : readPosition(page.after)) : Math.max(0, until - limit)
  const wanted = until === null ? limit : Math.min(limit, until)
  return { tail: `ORDER BY ${order} LIMIT ${wanted + 1} OFFSET ${skipped}`, limit: wanted, skipped }
}

function readPosition(cursor: string): number {
  const position = Number(readCursor(cursor))
  if (!Number.isSafeInteger(position)) {
    throw badParameter("Invalid cursor")
  }
  return position
}

/** A page that was read by position. */
export function cutByPosition<T>(rows: T[], { limit, skipped }: { limit: number; skipped: number }): Page<T> {
  return { rows: rows.slice(0, limit), hasNext: rows.length > limit, hasPrevious: skipped > 0 }
}

export function cutPage<T>(rows: T[], { limit, backwards }: { limit: number; backwards: boolean }, page: PageRequest): Page<T> {
  const more = rows.length > limit
  const cut = rows.slice(0, limit)
  if (backwards) {
    return { rows: cut.reverse(), hasNext: true, hasPrevious: more }
  }
  return { rows: cut, hasNext: more, hasPrevious: page.after !== undefined }
}

/**
 * The `paging` object of a list reply, or nothing for an empty list. `next` carries the caller's whole query with its token, as
 * Meta's does, which is why clients should not follow or log it.
 */
export function pagingOf(page: Page<unknown>, keyOf: (index: number) => string, self: URL): Record<string, unknown> | undefined {
  if (page.rows.length === 0) {
    return undefined
  }
  const before = writeCursor(keyOf(0))
  const after = writeCursor(keyOf(page.rows.length - 1))
  return {
    cursors: { before, after },
    ...(page.hasNext ? { next: link(self, { after }) } : {}),
    ...(page.hasPrevious ? { previous: link(self, { before }) } : {}),
  }
}

export function writeCursor(key: string): string {
  return Buffer.from(key).toString("base64url")
}

export function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString()
  if (!/^[\d:]+$/.test(key)) {
    throw badParameter("Invalid cursor")
  }
  return key
}

function link(self: URL, cursor: Record<string, string>): string {
  const url = new URL(self)
  url.searchParams.delete("after")
  url.searchParams.delete("before")
  for (const [name, value] of Object.entries(cursor)) {
    url.searchParams.set(name, value)
  }
  return url.toString()
}
