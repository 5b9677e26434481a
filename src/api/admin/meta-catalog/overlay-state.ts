import { MedusaError } from "@medusajs/framework/utils"
import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import { readFeeds, readSeen } from "./feed-state"
import type { AdminOverlay } from "./overlay-types"
import { toAdminFile, type SeenFeed } from "./presenters"
import type { AdminFeed } from "./feed-types"

/** A catalogue's feeds over the items of others, or one of them by its id. */
export async function readOverlays(module: MetaCatalogModuleService, filter: { catalog_id?: string; id?: string }): Promise<AdminOverlay[]> {
  const feeds = await module.listFeeds({ ...filter, kind: ["supplementary", "override"] }, { order: { created_at: "ASC", id: "ASC" }, take: 1_000 })
  const seenOf = await readSeen(module, feeds)
  return feeds.map((feed) => toAdminOverlay(module, seenOf(feed)))
}

/**
 * A feed of any kind but the file of updates.
 *
 * @throws MedusaError where there is none of this id.
 */
export async function readFeed(module: MetaCatalogModuleService, id: string): Promise<AdminFeed | AdminOverlay> {
  const [feed] = await readFeeds(module, { id })
  const [overlay] = feed ? [] : await readOverlays(module, { id })
  const found = feed ?? overlay
  if (!found) {
    throw new MedusaError(MedusaError.Types.NOT_FOUND, `There is no feed ${id}.`)
  }
  return found
}

/** Whether a feed lies over the items of others. */
export function isOverlay(feed: AdminFeed | AdminOverlay): feed is AdminOverlay {
  return feed.kind !== "replace"
}

function toAdminOverlay(module: MetaCatalogModuleService, seen: SeenFeed): AdminOverlay {
  const { feed } = seen
  return {
    id: feed.id,
    catalog_id: feed.catalog_id,
    kind: feed.kind === "supplementary" ? "supplementary" : "override",
    name: feed.name,
    meta_feed_id: feed.meta_feed_id,
    override_type: feed.override_type,
    override_value: feed.override_value,
    region_id: feed.region_id,
    currency_code: feed.currency_code,
    locale: feed.locale,
    columns: feed.columns as string[] | null,
    primary_feed_ids: feed.primary_feed_ids as string[] | null,
    format: feed.format,
    published_format: feed.published_format,
    schedule: feed.schedule as AdminFeed["schedule"],
    next_fetch_at: feed.next_fetch_at ? new Date(feed.next_fetch_at).toISOString() : null,
    basic_username: feed.basic_username,
    has_basic_password: Boolean(feed.basic_password_encrypted),
    build_requested_at: feed.build_requested_at ? new Date(feed.build_requested_at).toISOString() : null,
    upload_requested_at: feed.upload_requested_at ? new Date(feed.upload_requested_at).toISOString() : null,
    ...toAdminFile(module, seen),
  }
}
