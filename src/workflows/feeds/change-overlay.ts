import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"
import { checkColumns } from "./create-overlay"
import { changeSchedule } from "./feed-schedules"
import { metaCatalog } from "../open-catalog"

/** Any part of a supplementary or override feed that may change. */
export type OverlayChange = { schedule?: FetchSchedule; columns?: string[]; format?: "csv" | "tsv" }

/**
 * Changes when Meta fetches such a feed, its file's format, and of a supplementary one its columns. A column that is taken away leaves at Meta
 * what it said last: Meta has no word for it (unconfirmed).
 *
 * @throws MedusaError that names the field.
 */
export async function changeOverlay(container: MedusaContainer, feedId: string, { schedule, columns, format }: OverlayChange): Promise<void> {
  const module = metaCatalog(container)
  const feed = await module.retrieveFeed(feedId)
  if (columns) {
    if (feed.kind !== "supplementary") {
      throw new MedusaError(MedusaError.Types.INVALID_DATA, "columns: only those of a supplementary feed can be chosen")
    }
    checkColumns(columns, await module.retrieveCatalog(feed.catalog_id))
    await module.updateFeeds([{ id: feedId, columns: [...new Set(columns)] as unknown as Record<string, unknown> }])
    await module.feeds.requestBuild({ feedId, thenUpload: true })
  }
  if (schedule) {
    await changeSchedule(container, feed, { schedule })
  }
  if (format) {
    await module.feeds.changeFormat({ feedId, format })
  }
}
