import { parse } from "csv-parse/sync"
import { readFileSync } from "node:fs"
import { z } from "zod"
import { randomFrom } from "./random"
import { DAY, type ItemTrace, type Trace } from "./trace"

const whole = z.string().regex(/^\d+$/, "must be a whole number").transform(Number)

const rowShape = z.object({
  time: z.string().refine((time) => !Number.isNaN(Date.parse(time)), "must be a time such as 2026-11-22T09:30:00Z"),
  sku: z.string().min(1, "must not be empty"),
  quantity: whole.refine((quantity) => quantity > 0, "must be at least 1"),
  channel: z.string(),
  stock: whole.or(z.literal("")),
})

type Order = { at: number; sku: string; units: number; channel: "web" | "meta"; stock: number | null }

/** An item of the file before all its lines are read. `recorded`: what its stock should be after its lines so far. */
type Building = ItemTrace & { recorded: number }

/**
 * Reads a store's orders: columns `time`, `sku`, `quantity`, `channel` ("meta" for orders made at Meta, anything else is the store's
 * own shop) and `stock`, what there was just before the order. The first stock of a sku is what it starts with; where a later one differs
 * from what the orders leave, so many units came or went. Empty: not known. Orders need not be sorted. With `metaShare` (percent) the
 * channels of the file are not used: that share of the orders is taken to be made at Meta, drawn by the seed.
 *
 * @throws Error that names the line and column which cannot be read, and a sku whose first order has no stock.
 */
export function readOrders(file: string, { seed, metaShare }: { seed: number; metaShare: number | null }): Trace {
  const rows = parse(readFileSync(file, "utf-8"), { columns: true, bom: true, trim: true, skip_empty_lines: true, info: true }) as {
    record: unknown
    info: { lines: number }
  }[]
  const random = randomFrom(seed, "channel")
  const orders = rows.map(({ record, info }) => orderOf(record, `${file}, line ${info.lines}`))
  if (orders.length === 0) {
    throw new Error(`${file}: holds no orders`)
  }
  orders.sort((a, b) => a.at - b.at)
  // Days are the calendar's, in UTC, as the plugin's are.
  const start = Math.floor(orders[0].at / DAY) * DAY
  const items = new Map<string, Building>()
  for (const order of orders) {
    const channel = metaShare === null ? order.channel : random() * 100 < metaShare ? "meta" : "web"
    addOrder(items, { ...order, channel, at: order.at - start }, file)
  }
  const seconds = orders[orders.length - 1].at - start + 1
  const days = Math.ceil(seconds / DAY)
  return {
    name: "orders",
    what: `${orders.length.toLocaleString("en-GB")} order lines of ${items.size.toLocaleString("en-GB")} items in ${days} days`,
    seconds,
    items: [...items.values()].map(({ recorded: _recorded, ...item }) => item),
  }
}

function orderOf(record: unknown, where: string): Order {
  const parsed = rowShape.safeParse(record)
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues
    throw new Error(`${where}: ${path.join(".")}: ${message}`)
  }
  const { time, sku, quantity, channel, stock } = parsed.data
  return { at: Date.parse(time) / 1_000, sku, units: quantity, channel: channel.toLowerCase() === "meta" ? "meta" : "web", stock: stock === "" ? null : stock }
}

function addOrder(items: Map<string, Building>, { at, sku, units, channel, stock }: Order, file: string): void {
  let item = items.get(sku)
  if (!item) {
    if (stock === null) {
      throw new Error(`${file}: stock: the first order of ${sku} must say what there was`)
    }
    item = { sku, stock, recorded: stock, unitsPerDayBefore: 0, knownDays: 0, demands: [], deliveries: [] }
    items.set(sku, item)
  }
  if (stock !== null && stock !== item.recorded) {
    item.deliveries.push({ at, units: stock - item.recorded })
    item.recorded = stock
  }
  item.demands.push({ at, channel, units })
  item.recorded = Math.max(0, item.recorded - units)
}
