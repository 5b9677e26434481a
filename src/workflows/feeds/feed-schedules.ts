import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { collision, MINUTES_APART, type FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { metaCatalog } from "../open-catalog"

type FeedRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveFeed"]>>

const HALF_AN_HOUR = 30

/** Daily at a random minute of the night, so that not every store is fetched, and builds, at the same moment. */
export function defaultSchedule(): FetchSchedule {
  return { interval: "DAILY", interval_count: 1, hour: Math.floor(Math.random() * 5), minute: Math.floor(Math.random() * 60), timezone: "UTC" }
}

/** Every so many hours, half an hour away from the fetch of everything. Seed 0: start with every 12 hours. */
export function defaultUpdates(schedule: FetchSchedule): FetchSchedule {
  return completeUpdates({ interval: "HOURLY", interval_count: 12 }, schedule)
}

/** An hourly schedule of updates without a minute gets the one farthest from the fetch of everything. */
export function completeUpdates(updates: FetchSchedule, schedule: FetchSchedule): FetchSchedule {
  if (updates.interval !== "HOURLY" || updates.minute !== undefined) {
    return updates
  }
  const zone = updates.timezone ?? schedule.timezone
  return { ...updates, minute: ((schedule.minute ?? 0) + HALF_AN_HOUR) % 60, ...(zone && { timezone: zone }) }
}

/**
 * Refuses two schedules that would have Meta fetch everything and the updates at about the same time: uploads of the same items must
 * not overlap, and which of the two is applied last would not be known (CONTRACT 5.2).
 *
 * @param field the schedule that is being set
 * @throws MedusaError that names the field and when they would meet.
 */
export function refuseCollision(field: "schedule" | "update_schedule", { schedule, updates }: { schedule: FetchSchedule; updates: FetchSchedule }): void {
  const meeting = collision(schedule, updates, new Date())
  if (meeting) {
    const other = field === "schedule" ? "the updates" : "everything"
    const message =
      `${field}: Meta would fetch this file within ${MINUTES_APART} minutes of that of ${other}, for instance on ` +
      `${meeting.toISOString().slice(0, 16).replace("T", " at ")} UTC, and uploads of the same items must not overlap; choose another minute`
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}

/**
 * Changes when Meta fetches the file of everything. Meta is told by the next round.
 *
 * @param input.newUpdates the schedule its updates are about to get
 * @throws MedusaError where the updates are fetched at about the same time.
 */
export async function changeSchedule(
  container: MedusaContainer,
  feed: FeedRow,
  { schedule, newUpdates }: { schedule: FetchSchedule; newUpdates?: FetchSchedule }
): Promise<void> {
  const module = metaCatalog(container)
  const [known] = await module.listFeeds({ main_feed_id: feed.id }, { take: 1 })
  const updates = newUpdates ? completeUpdates(newUpdates, schedule) : (known?.schedule as FetchSchedule | undefined)
  if (updates) {
    refuseCollision("schedule", { schedule, updates })
  }
  await module.feeds.setSchedule({ feedId: feed.id, schedule })
  await module.feeds.markMetaStale({ feedId: feed.id })
  await module.feeds.renewNextFetches()
}
