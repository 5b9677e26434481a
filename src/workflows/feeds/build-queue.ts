import type { MedusaContainer } from "@medusajs/framework/types"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog } from "../open-catalog"
import { buildFeeds, type BuildOutcome, type DueFeed } from "../steps/build-feeds"

/** The run of a process, and what joins the next one. */
type Queue = { running: Promise<unknown> | null; waiting: DueFeed[]; next: Promise<BuildOutcome[]> | null }

const queues = new WeakMap<MetaCatalogModuleService, Queue>()

/**
 * Builds feeds in the next run of this process: at once where none is under way, else together with all that become due until it
 * ends. One run at a time, so that the store is read once for all and memory stays that of one run. A file that was published may
 * be uploaded as soon as it is, before the others of its run are done.
 *
 * @returns one outcome for each feed, in their order; see `buildFeeds`.
 */
export async function queueBuilds(container: MedusaContainer, feeds: readonly DueFeed[]): Promise<BuildOutcome[]> {
  const module = metaCatalog(container)
  const queue = queues.get(module) ?? { running: null, waiting: [], next: null }
  queues.set(module, queue)
  // Whoever asks twice for a feed is answered by one build.
  for (const feed of feeds) {
    const asked = queue.waiting.find(({ feedId }) => feedId === feed.feedId)
    if (asked) asked.after = asked.after === undefined || feed.after === undefined ? undefined : Math.max(asked.after, feed.after)
    else queue.waiting.push({ ...feed })
  }
  queue.next ??= startWhenFree(container, queue)
  const outcomes = new Map((await queue.next).map((outcome) => [outcome.feedId, outcome]))
  return feeds.map(({ feedId }) => outcomes.get(feedId)!)
}

async function startWhenFree(container: MedusaContainer, queue: Queue): Promise<BuildOutcome[]> {
  await queue.running?.catch(() => undefined)
  const feeds = queue.waiting
  queue.waiting = []
  queue.next = null
  const run = buildFeeds(container, feeds, (outcome) => void follow(container, outcome))
  queue.running = run
  try {
    return await run
  } finally {
    if (queue.running === run) queue.running = null
  }
}

/** What a published file has new may be uploaded at once. */
async function follow(container: MedusaContainer, outcome: BuildOutcome): Promise<void> {
  if ("error" in outcome || outcome.result.status !== "ready") return
  const [feed] = await metaCatalog(container).listFeeds({ id: outcome.feedId }, { select: ["id", "catalog_id"], take: 1 })
  if (feed) keepInStep(container, feed.catalog_id, 0)
}
