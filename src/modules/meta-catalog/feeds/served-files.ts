import type { FeedFormat } from "./feed-format"
import { firstRow, type Sql } from "../sql"

/** A file that can be served: complete, and its bytes known. */
export type ServedFile = {
  id: string
  format: FeedFormat
  file_key: string
  sha256: string
  bytes: number
  plain_bytes: number
  published_at: Date
  /** Number of the last file of other content published between this one and an earlier one of the same content; null without such. */
  came_back_after: number | null
  /** No other file of the feed was published within the same second, so that its date tells it from all others. */
  is_alone_in_its_second: boolean
}

/** What a feed asks for before it is served, and what it serves then. */
export type ServedFeed = {
  feed_id: string
  token: string
  previous_token: string | null
  previous_token_until: Date | null
  basic_username: string | null
  basic_password_encrypted: string | null
  now: Date
  /** The id was a snapshot's, not a feed's. */
  is_named: boolean
  /** Null while the feed has no complete file. */
  file: ServedFile | null
}

/**
 * What a request for this id is answered with, in one statement: for a feed's id its published file, for a snapshot's the file of that
 * snapshot, also when it has been superseded, as long as its file is kept.
 *
 * @returns undefined for an id that is neither, or of a snapshot that was never published or has no file any more.
 */
export async function findServed(sql: Sql, { id }: { id: string }): Promise<ServedFeed | undefined> {
  type Row = Omit<ServedFeed, "file"> & { file: (Omit<ServedFile, "published_at"> & { published_at: string }) | null }
  const row = await firstRow<Row>(
    sql,
    `with asked as (
       select f.id as feed_id, f.published_snapshot_id as snapshot_id, false as is_named from meta_catalog_feed f where f.id = :id
       union all
       select s.feed_id, s.id, true from meta_catalog_snapshot s
       where s.id = :id and s.status in ('ready', 'superseded') and s.published_at is not null and s.file_key is not null and s.deleted_at is null)
     select f.id as feed_id, f.token, f.previous_token, f.previous_token_until, f.basic_username, f.basic_password_encrypted,
            meta_catalog_now() as now, asked.is_named,
            case when s.id is not null then jsonb_build_object(
              'id', s.id, 'format', s.format, 'file_key', s.file_key, 'sha256', s.sha256, 'bytes', s.bytes, 'plain_bytes', s.plain_bytes,
              'published_at', s.published_at,
              'came_back_after', (
                select max(o.number) from meta_catalog_snapshot o
                where o.feed_id = s.feed_id and o.number < s.number and o.published_at is not null and o.sha256 <> s.sha256
                  and o.number > (select min(e.number) from meta_catalog_snapshot e
                                  where e.feed_id = s.feed_id and e.published_at is not null and e.sha256 = s.sha256)),
              'is_alone_in_its_second', not exists (
                select from meta_catalog_snapshot o
                where o.feed_id = s.feed_id and o.id <> s.id and date_trunc('second', o.published_at) = date_trunc('second', s.published_at))) end as file
     from asked join meta_catalog_feed f on f.id = asked.feed_id and f.deleted_at is null
     left join meta_catalog_snapshot s
       on s.id = asked.snapshot_id and (asked.is_named or s.status = 'ready') and s.file_key is not null and s.deleted_at is null`,
    { id }
  )
  return row && { ...row, file: row.file && { ...row.file, published_at: new Date(row.file.published_at) } }
}
