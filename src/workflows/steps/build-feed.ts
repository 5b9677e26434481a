import type { MedusaContainer } from "@medusajs/framework/types"
import { buildFeeds } from "./build-feeds"
import type { BuildResult } from "./running-build"

export type { BuildResult } from "./running-build"

/**
 * Builds the file of one feed; see `buildFeeds`. A failed build leaves the served file as it is. Running it twice at once builds once;
 * with `after`, the number of the feed's newest snapshot when the need was seen, also running it twice in a row does.
 *
 * @throws whatever stopped the build, after noting it on the snapshot and deleting the file.
 */
export async function buildFeed(container: MedusaContainer, feedId: string, { after }: { after?: number } = {}): Promise<BuildResult> {
  const [outcome] = await buildFeeds(container, [{ feedId, after }])
  if ("error" in outcome) throw outcome.error
  return outcome.result
}
