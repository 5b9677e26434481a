import type { MedusaContainer } from "@medusajs/framework/types"
import { generateFeedsWorkflow } from "../workflows/feeds/generate-feed"
import { metaCatalog } from "../workflows/open-catalog"

/** Starts one run in the background for all feeds that are due: asked for, missing, old, or timed for Meta's next fetch. */
export default async function metaCatalogBuildFeeds(container: MedusaContainer): Promise<void> {
  const { feeds, options, snapshots } = metaCatalog(container)
  await feeds.renewNextFetches()
  const due = await snapshots.listDueFeeds({ publicUrl: options.publicUrl ?? "" })
  if (due.length === 0) return
  const input = { feeds: due.map(({ id, snapshot_number }) => ({ feed_id: id, after: snapshot_number })) }
  await generateFeedsWorkflow(container).run({ input })
}

export const config = { name: "meta-catalog-build-feeds", schedule: "* * * * *" }
