import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { startRequestedBuild } from "../workflows/feeds/build-soon"
import { WORK_WAITS, type WaitingWork } from "../workflows/pace/hand-over"
import { keepInStepHere } from "../workflows/pace/keep-in-step"

/** Does in this process what a server process has handed over. */
export default async function metaCatalogTakeOverWork({ event, container }: SubscriberArgs<WaitingWork>): Promise<void> {
  const { catalog_id, delay_ms, feed_id } = event.data
  if (feed_id) {
    await startRequestedBuild(container, feed_id)
  }
  keepInStepHere(container, catalog_id, delay_ms)
}

export const config: SubscriberConfig = {
  event: WORK_WAITS,
  context: { subscriberId: "meta-catalog-take-over-work" },
}
