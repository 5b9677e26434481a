import type { MedusaContainer } from "@medusajs/framework/types"
import { generateFeedWorkflow } from "../workflows/generate-feed"
import { metaCatalog } from "../workflows/open-catalog"

/** Starts the builds that are due in the background: asked for, missing, old, or timed for Meta's next fetch. */
export default async function metaCatalogBuildFeeds(container: MedusaContainer): Promise<void> {
  const { feeds, options, snapshots } = metaCatalog(container)
  await feeds.renewNextFetches()
  for (const { id, snapshot_number } of await snapshots.listDueFeeds({ publicUrl: options.publicUrl ?? "" })) {
    await generateFeedWorkflow(container).run({ input: { feed_id: id, after: snapshot_number } })
  }
}

export const config = { name: "meta-catalog-build-feeds", schedule: "* * * * *" }
