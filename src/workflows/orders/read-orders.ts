import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { listOrders, ORDER_STATES, readOrder, type CommerceOrder, type OrderState } from "../../graph-api/commerce-orders"
import { GraphError } from "../../graph-api/graph-error"
import type { OrderReading } from "../../modules/meta-catalog/orders/meta-orders"
import { bookFoundOrders, warnOfLateOrders } from "./book-orders"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog, openCatalog, type OpenCatalog } from "../open-catalog"
import { heedOrdersError } from "./orders-trouble"

/** A little less than the job's minute, which comes a moment early or late. */
const EVERY_MS = 50_000
/** Orders whose change Meta shows late are still seen. */
const OVERLAP_MS = 5 * 60_000
const STORED_AT_ONCE = 100
const LOOKED_UP_AT_ONCE = 100

const OPEN_STATES: readonly OrderState[] = ["FB_PROCESSING", "CREATED"]

/** What one round did. `read` is null when it was somebody else's turn, or nobody's. */
export type OrdersResult = { read: number | null; marked: number; booked: number; late: number }

/**
 * Reads what changed among a catalogue's orders at Meta, books those a Medusa order stands for, and warns where Meta was told too late.
 * Only the reading waits while the catalogue is paused or Meta wants quiet. May run at any time and several times at once. Whatever
 * becomes of it, stock goes on being sent.
 */
export async function readOrders(container: MedusaContainer, catalogId: string): Promise<OrdersResult> {
  const result: OrdersResult = { read: null, marked: 0, booked: 0, late: 0 }
  const module = metaCatalog(container)
  const [catalog] = await module.listCatalogs({ id: catalogId }, { take: 1 })
  if (!catalog || catalog.orders_mode === "off") {
    return result
  }
  Object.assign(result, await readInTurn(container, catalogId))
  result.booked = await bookFoundOrders(container, { catalog, medusaOrderIds: null })
  result.late = await warnOfLateOrders(container, catalog)
  keepInStep(container, catalogId, module.options.pushDelayMs)
  return result
}

/** Nothing when it is not this process's turn, nothing may be asked, or Meta would not answer. */
async function readInTurn(container: MedusaContainer, catalogId: string): Promise<Partial<OrdersResult>> {
  const open = await openCatalog(container, catalogId)
  const publicUrl = open?.module.options.publicUrl ?? ""
  const reading = open && (await open.module.metaOrders.takeOrderReading({ catalogId, publicUrl, everyMs: EVERY_MS }))
  if (!reading) {
    return {}
  }
  try {
    return await read(open, reading)
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    await heedOrdersError(open, error)
    return {}
  }
}

/**
 * Changes since the last reading, and now and then everything that is open: an order that comes to nothing in FB_PROCESSING is in
 * no list of changes (CONTRACT 8.3). The first reading is of open orders alone; what ended before is of no use here.
 */
async function read(open: OpenCatalog, reading: OrderReading): Promise<{ read: number; marked: number }> {
  const { client, catalog, module } = open
  const { owner_id: ownerId, read_until: readUntil, is_check: isCheck } = reading
  const changes = readUntil
    ? await storeAll(open, listOrders(client, { ownerId, states: ORDER_STATES, updatedAfter: new Date(readUntil.getTime() - OVERLAP_MS) }))
    : NOTHING
  const whole = isCheck ? await storeAll(open, listOrders(client, { ownerId, states: OPEN_STATES })) : NOTHING
  const lookedUp = isCheck ? await lookUpUnseen(open, reading.started_at) : 0
  await module.metaOrders.endOrderReading({ catalogId: catalog.id, until: readUntil ? changes.until : whole.until, wasCheck: isCheck })
  return { read: changes.read + whole.read, marked: changes.marked + whole.marked + lookedUp }
}

type Stored = { read: number; marked: number; until: Date | null }

const NOTHING: Stored = { read: 0, marked: 0, until: null }

async function storeAll(open: OpenCatalog, orders: AsyncGenerator<CommerceOrder>): Promise<Stored> {
  const stored = { ...NOTHING }
  let part: CommerceOrder[] = []
  const storePart = async () => {
    stored.marked += part.length > 0 ? await open.module.metaOrders.storeOrders({ catalogId: open.catalog.id, orders: part }) : 0
    part = []
  }
  for await (const order of orders) {
    stored.read += 1
    stored.until = stored.until && stored.until > order.updatedAt ? stored.until : order.updatedAt
    // The same order may come on two pages, and one statement cannot store it twice.
    part = [...part.filter(({ id }) => id !== order.id), order]
    if (part.length === STORED_AT_ONCE) {
      await storePart()
    }
  }
  await storePart()
  return stored
}

/** Open orders that no list has shown: gone, or moved on between two pages. The rest of very many waits for the next check. */
async function lookUpUnseen(open: OpenCatalog, since: Date): Promise<number> {
  const { client, catalog, module } = open
  let marked = 0
  for (const orderId of await module.metaOrders.listUnseenOrders({ catalogId: catalog.id, since, limit: LOOKED_UP_AT_ONCE })) {
    const order = await readOrder(client, { orderId })
    if (order) {
      marked += await module.metaOrders.storeOrders({ catalogId: catalog.id, orders: [order] })
    } else {
      await module.metaOrders.recordGoneOrder({ catalogId: catalog.id, metaOrderId: orderId })
    }
  }
  return marked
}

const readOrdersStep = createStep("meta-catalog-read-orders", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await readOrders(container, catalog_id))
})

/** Reads one catalogue's orders at Meta and books what the store knows of them. */
export const readOrdersWorkflow = createWorkflow("meta-catalog-read-orders", (input: { catalog_id: string }) => {
  return new WorkflowResponse(readOrdersStep(input))
})
