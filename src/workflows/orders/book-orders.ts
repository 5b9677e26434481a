import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError, Modules } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { findBookings } from "../../catalog/stock/booked-orders"
import { keepInStep } from "../pace/keep-in-step"
import { notifyAdmin } from "../notify"
import { metaCatalog, type CatalogRow } from "../open-catalog"

/**
 * Books the orders of a catalogue that Medusa orders stand for, and those no longer whose Medusa order was cancelled. Calls nobody, so an
 * event may wait for it.
 *
 * @param medusaOrderIds only these, or null for all that are open
 * @returns how many were booked.
 */
export async function bookFoundOrders(
  container: MedusaContainer,
  { catalog, medusaOrderIds }: { catalog: Pick<CatalogRow, "id" | "orders_key">; medusaOrderIds: string[] | null }
): Promise<number> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const { found, lost } = await findBookings(sql, { catalogId: catalog.id, ordersKey: catalog.orders_key, medusaOrderIds })
  if (found.length + lost.length === 0) {
    return 0
  }
  const module = metaCatalog(container)
  // An order in both is subtracted twice for a moment; the other way round it would not be subtracted at all.
  await module.metaOrders.unbookOrders({ catalogId: catalog.id, bookings: lost })
  const booked = await module.metaOrders.bookOrders({ catalogId: catalog.id, bookings: found })
  keepInStep(container, catalog.id, module.options.pushDelayMs)
  return booked
}

/** Books what these Medusa orders stand for, in every catalogue that nets orders. */
export async function bookMedusaOrders(container: MedusaContainer, medusaOrderIds: string[]): Promise<void> {
  const catalogs = await metaCatalog(container).listCatalogs({ orders_mode: ["seller", "platform"] }, { take: null, order: { id: "ASC" } })
  for (const catalog of catalogs) {
    await bookFoundOrders(container, { catalog, medusaOrderIds })
  }
}

/**
 * Where Meta subtracts orders itself it stops half an hour after one was acknowledged, and by then it must hold the lower quantity.
 * A person is told of every booked order for which it does not, once, also while the catalogue sends nothing: that is when it happens.
 *
 * @returns how many.
 */
export async function warnOfLateOrders(container: MedusaContainer, catalog: CatalogRow): Promise<number> {
  if (catalog.orders_mode !== "platform") {
    return 0
  }
  const module = metaCatalog(container)
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  await module.metaOrders.recordToldOrders({ catalogId: catalog.id })
  const late = await module.metaOrders.takeLateOrders({ catalogId: catalog.id })
  for (const { meta_order_id: metaOrderId, retailer_ids: retailerIds } of late) {
    logger.warn(`[meta-catalog] ${catalog.name}: order ${metaOrderId} is no longer subtracted by Meta, and its items ${retailerIds.join(", ")} are not told yet`)
    await notifyAdmin(container, {
      title: `Meta catalogue ${catalog.name}: order ${metaOrderId} may be sold twice`,
      description:
        `Meta stops subtracting an order half an hour after it was acknowledged, and has not confirmed the lower quantity of ` +
        `${retailerIds.join(", ")} yet.`,
    })
  }
  return late.length
}

/** Says that a Medusa order stands for an order at Meta and that its stock is taken. */
export type BookMetaOrderInput = { catalog_id: string; meta_order_id: string; order_id: string }

const bookMetaOrderStep = createStep("meta-catalog-book-meta-order", async (input: BookMetaOrderInput, { container }) => {
  const module = metaCatalog(container)
  const { id: catalogId } = await module.retrieveCatalog(input.catalog_id)
  const [order] = await container.resolve(Modules.ORDER).listOrders({ id: input.order_id }, { take: 1, select: ["id", "status"] })
  if (!order) {
    throw new MedusaError(MedusaError.Types.NOT_FOUND, `order_id: there is no order ${input.order_id}`)
  }
  if (order.status === "canceled") {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `order_id: order ${input.order_id} is cancelled, so it holds no stock`)
  }
  const isNew = await module.metaOrders.bookOrder({ catalogId, metaOrderId: input.meta_order_id, orderId: order.id })
  keepInStep(container, catalogId, module.options.pushDelayMs)
  return new StepResponse({ booked: isNew })
})

/**
 * Books one order at Meta by hand: from now on nothing is subtracted for it, because the store's stock does. For stores whose orders do not
 * carry the id in their metadata, or whose stock is taken in another way than by reservations. `booked` is false when it was before.
 *
 * @throws MedusaError NOT_FOUND for an unknown catalogue or Medusa order, NOT_ALLOWED for a cancelled one.
 */
export const bookMetaOrder = createWorkflow("meta-catalog-book-meta-order", (input: BookMetaOrderInput) => {
  return new WorkflowResponse(bookMetaOrderStep(input))
})
