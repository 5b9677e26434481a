import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { bookMedusaOrders } from "../workflows/orders/book-orders"

/** Books what a new or changed order stands for at Meta, or a cancelled one no longer; what no event tells is found by the job. */
export default async function metaCatalogBookOrders({ event, container }: SubscriberArgs<{ id: string }>): Promise<void> {
  await bookMedusaOrders(container, [event.data.id])
}

export const config: SubscriberConfig = {
  event: ["order.placed", "order.updated", "order.canceled"],
  context: { subscriberId: "meta-catalog-book-orders" },
}
