import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { collectMarks } from "../workflows/marks/collect-marks"
import { ITEM_EVENTS, SWEEP_EVENTS, TAX_EVENTS } from "../workflows/marks/event-reach"

/** Notes what an event may have changed. It ends at once, because a worker on Redis handles one event of the store after the other. */
export default async function metaCatalogMarkItemsDue({ event, container }: SubscriberArgs<{ id?: string | string[] }>): Promise<void> {
  collectMarks(container, { event: event.name, ids: [event.data.id ?? []].flat() })
}

export const config: SubscriberConfig = {
  event: [...Object.keys(ITEM_EVENTS), ...SWEEP_EVENTS, ...TAX_EVENTS],
  context: { subscriberId: "meta-catalog-mark-items-due" },
}
