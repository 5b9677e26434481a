import type { AdminFeed, AdminFeedFile } from "./feed-types"

/** A feed that puts values over the items of others and has none of its own. */
export type AdminOverlay = AdminFeedFile & {
  id: string
  catalog_id: string
  kind: "supplementary" | "override"
  name: string
  meta_feed_id: string | null
  /** Of an override feed: whose values it holds, and a country such as `GB` or a language such as `fr_XX`. */
  override_type: "country" | "language" | null
  override_value: string | null
  /** Of a country feed: where its prices come from. */
  region_id: string | null
  currency_code: string | null
  /** Of a language feed: the locale of its translations. */
  locale: string | null
  /** Of a supplementary feed: its columns beside `id`, and our ids of the feeds it is attached to. */
  columns: string[] | null
  primary_feed_ids: string[] | null
  format: AdminFeed["format"]
  published_format: AdminFeed["published_format"]
  schedule: AdminFeed["schedule"]
  next_fetch_at: string | null
  basic_username: string | null
  has_basic_password: boolean
  build_requested_at: string | null
  upload_requested_at: string | null
}

/** Answer of `GET /admin/meta-catalog/catalogs/:id/feeds`. */
export type AdminFeedList = { feeds: AdminFeed[]; overlays: AdminOverlay[]; count: number }
