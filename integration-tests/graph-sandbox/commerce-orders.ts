import { z } from "zod"
import { openMerchant, openOrder } from "./commerce-access"
import { ORDER_STATES, type OrderItemRow, type OrderRow } from "./entities/commerce"
import type { GraphRequest } from "./graph-request"
import { cutPage, keyset, pageParams, pagingOf } from "./paging"
import { readParams, uint } from "./params"
import { parseFields, project, type Node } from "./projection"
import type { World } from "./world"

/** At most and by default (CONTRACT 8.3). */
const PAGE = 25

const limit = uint.pipe(z.number().min(1).max(PAGE, `must be at most ${PAGE}`)).default(PAGE)

/** `A,B` in a query, or a JSON list. */
function listOf<T extends z.ZodType>(element: T) {
  return z
    .unknown()
    .transform((value) => {
      if (typeof value !== "string") {
        return value
      }
      return value.startsWith("[") ? (JSON.parse(value) as unknown) : value.split(",")
    })
    .pipe(z.array(element).min(1))
}

const FILTERS = {
  HAS_CANCELLATIONS: "EXISTS (SELECT FROM commerce_cancellation c WHERE c.order_id = o.id)",
  NO_CANCELLATIONS: "NOT EXISTS (SELECT FROM commerce_cancellation c WHERE c.order_id = o.id)",
  // The sandbox ships and refunds nothing.
  HAS_FULFILLMENTS: "false",
  HAS_REFUNDS: "false",
  NO_REFUNDS: "true",
  NO_SHIPMENTS: "true",
} as const

const listShape = {
  ...pageParams,
  limit,
  fields: z.string().optional(),
  state: listOf(z.enum(ORDER_STATES)).default(["CREATED"]),
  updated_after: uint.optional(),
  updated_before: uint.optional(),
  filters: listOf(z.enum(Object.keys(FILTERS) as [keyof typeof FILTERS])).optional(),
}

/** `GET /{cms}/commerce_orders`. */
export async function listOrders(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const merchant = await openMerchant(request, request.segments[0])
  const params = readParams(listShape, request.params)
  const values: unknown[] = [merchant.id, params.state]
  const bind = (value: unknown) => `$${values.push(value)}`
  const conditions = [
    "o.merchant_id = $1 AND o.state = ANY($2::text[])",
    ...(params.updated_after === undefined ? [] : [`o.updated_at >= to_timestamp(${bind(params.updated_after)})`]),
    ...(params.updated_before === undefined ? [] : [`o.updated_at <= to_timestamp(${bind(params.updated_before)})`]),
    ...(params.filters ?? []).map((filter) => FILTERS[filter]),
  ]
  const asked = { ...params, limit: world.settings.commerce_orders_short_pages ? Math.ceil(params.limit / 2) : params.limit }
  const page = keyset(asked, "o.id", bind)
  const rows = await world.db.query<OrderRow[]>(
    `SELECT o.* FROM commerce_order o WHERE ${conditions.join(" AND ")} AND ${page.where} ${page.tail}`,
    values
  )
  const cut = cutPage(rows, page, asked)
  const selection = parseFields(params.fields ?? "id,order_status,created,last_updated")
  return {
    data: await Promise.all(cut.rows.map((order) => project("CommerceOrder", orderNode(request, order), selection))),
    paging: pagingOf(cut, (index) => cut.rows[index].id, request.self),
  }
}

/** `GET /{order}`. */
export async function readOrder(request: GraphRequest): Promise<unknown> {
  const { order } = await openOrder(request)
  const params = readParams({ fields: z.string().optional() }, request.params)
  return project("CommerceOrder", orderNode(request, order), parseFields(params.fields ?? "id,order_status,created,last_updated"))
}

/** `GET /{order}/items`. */
export async function listOrderItems(request: GraphRequest): Promise<unknown> {
  const { order } = await openOrder(request)
  const params = readParams({ ...pageParams, limit, fields: z.string().optional() }, request.params)
  const selection = parseFields(params.fields ?? "id,product_id,retailer_id,quantity,price_per_unit,tax_details,promotion_details")
  const { rows, paging } = await itemPage(request.world, order, { page: params, self: request.self })
  return { data: await Promise.all(rows.map((item) => project("CommerceOrderItem", item, selection))), paging }
}

function orderNode(request: GraphRequest, order: OrderRow): Node {
  return {
    id: order.id,
    order_status: { state: order.state },
    created: orderTime(order.created_at),
    last_updated: orderTime(order.updated_at),
    items: async () => {
      const self = new URL(request.self)
      self.pathname = self.pathname.replace(/[^/]+(\/commerce_orders)?$/, `${order.id}/items`)
      const { rows, paging } = await itemPage(request.world, order, { page: { limit: PAGE }, self })
      return { data: rows, ...(paging ? { paging } : {}) }
    },
  }
}

async function itemPage(world: World, order: OrderRow, { page: asked, self }: { page: { limit: number; after?: string; before?: string }; self: URL }) {
  const values: unknown[] = [order.id]
  const page = keyset(asked, "oi.id", (value) => `$${values.push(value)}`)
  const found = await world.db.query<OrderItemRow[]>(
    `SELECT oi.* FROM commerce_order_item oi WHERE oi.order_id = $1 AND oi.quantity > oi.cancelled AND ${page.where} ${page.tail}`,
    values
  )
  const cut = cutPage(found, page, asked)
  return { rows: cut.rows.map(itemNode), paging: pagingOf(cut, (index) => cut.rows[index].id, self) }
}

/** `quantity` is what is still ordered: the contract does not say whether cancelled units stay in it. */
function itemNode(item: OrderItemRow): Node {
  const [amount, currency] = (item.price ?? "").split(" ")
  return {
    id: item.id,
    product_id: item.product_id,
    retailer_id: item.retailer_id,
    quantity: item.quantity - item.cancelled,
    price_per_unit: currency ? { amount, currency } : undefined,
    tax_details: {},
    promotion_details: { data: [] },
  }
}

/** Orders print their times with a colon in the offset (CONTRACT 8.3), unlike the rest of the API. */
function orderTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}+00:00`
}
