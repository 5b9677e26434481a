import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { retryCancellations } from "../workflows/orders/cancel-order"
import { metaCatalog } from "../workflows/open-catalog"
import { readOrdersWorkflow } from "../workflows/orders/read-orders"

/**
 * Reads the orders of every catalogue that nets them, and tries open cancellations again. One that fails holds up no other; one that is
 * paused is not read, but its orders are booked and a person hears of late ones.
 */
export default async function metaCatalogReadOrders(container: MedusaContainer): Promise<void> {
  const filter = { orders_mode: ["seller" as const, "platform" as const] }
  for (const { id } of await metaCatalog(container).listCatalogs(filter, { select: ["id"], take: null, order: { id: "ASC" } })) {
    try {
      await readOrdersWorkflow(container).run({ input: { catalog_id: id } })
      await retryCancellations(container, id)
    } catch (error) {
      const message = error instanceof Error ? error.message : JSON.stringify(error)
      container.resolve<Logger>(ContainerRegistrationKeys.LOGGER).error(`[meta-catalog] orders of ${id} could not be read: ${message}`)
    }
  }
}

export const config = { name: "meta-catalog-read-orders", schedule: "* * * * *" }
