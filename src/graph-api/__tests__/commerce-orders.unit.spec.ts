import { Client } from "pg"
import { startSandbox, type Sandbox } from "../../../integration-tests/graph-sandbox"
import { createGraphClient, type GraphClient } from "../client"
import { cancelOrder, listOrders, ORDER_STATES, readOrder } from "../commerce-orders"
import { GraphError } from "../graph-error"
import { collect, rejection } from "./scripted-server"

const { DB_HOST = "127.0.0.1", DB_PORT = "54329", DB_USERNAME = "postgres", DB_PASSWORD = "postgres" } = process.env
const SERVER_URL = `postgres://${DB_USERNAME}:${encodeURIComponent(DB_PASSWORD)}@${DB_HOST}:${DB_PORT}`
const DATABASE = `graph_api_orders_${process.pid}`

let sandbox: Sandbox
let client: GraphClient
let ownerId: string

beforeAll(async () => {
  sandbox = await startSandbox({ databaseUrl: `${SERVER_URL}/${DATABASE}`, settings: { commerce_orders: "open" } })
})

afterAll(async () => {
  await sandbox.stop()
  const server = new Client({ connectionString: `${SERVER_URL}/postgres` })
  await server.connect()
  await server.query(`drop database if exists ${DATABASE}`)
  await server.end()
})

beforeEach(async () => {
  await sandbox.control.reset()
  const { id: catalogId } = await sandbox.control.createCatalog({ name: "Kiln" })
  const { token } = await sandbox.control.createToken({ catalogIds: [catalogId] })
  ownerId = (await sandbox.control.createMerchant({ catalogId })).id
  const items = Array.from({ length: 60 }, (_, n) => ({ id: `MUG-${n}`, availability: "in stock", quantity_to_sell_on_facebook: 100, price: "24.50 GBP" }))
  await sandbox.control.putItems(catalogId, items)
  client = createGraphClient({ graphUrl: sandbox.url, version: "v26.0", accessToken: token })
})

afterEach(() => client.close())

const buy = async (...units: [string, number][]) =>
  (await sandbox.control.placeOrder(ownerId, units.map(([retailer_id, quantity]) => ({ retailer_id, quantity })))).id
const read = (states: (typeof ORDER_STATES)[number][] = ["FB_PROCESSING", "CREATED"], updatedAfter?: Date) =>
  collect(listOrders(client, { ownerId, states, updatedAfter }))

test("orders come with their states, times and units, ids whole even as bare numbers", async () => {
  const first = await buy(["MUG-1", 2], ["MUG-2", 1])
  const second = await buy(["MUG-1", 4])
  await sandbox.control.advanceOrder(second)
  for (const numeric_ids of [false, true]) {
    await sandbox.control.setSettings({ numeric_ids })
    expect(await read()).toEqual([
      { id: first, state: "FB_PROCESSING", createdAt: expect.any(Date), updatedAt: expect.any(Date), units: [{ retailerId: "MUG-1", quantity: 2 }, { retailerId: "MUG-2", quantity: 1 }] },
      { id: second, state: "CREATED", createdAt: expect.any(Date), updatedAt: expect.any(Date), units: [{ retailerId: "MUG-1", quantity: 4 }] },
    ])
  }
  expect(BigInt(first)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER))
  expect(await read(["CREATED"])).toHaveLength(1)
})

test("every page is read, short ones too, and every item of an order", async () => {
  const ids: string[] = []
  for (let n = 0; n < 28; n++) {
    ids.push(await buy([`MUG-${n}`, 1]))
  }
  await sandbox.control.setSettings({ commerce_orders_short_pages: true })
  expect((await read()).map(({ id }) => id)).toEqual(ids)
  const long = await buy(...Array.from({ length: 60 }, (_, n): [string, number] => [`MUG-${n}`, n + 1]))
  const order = await readOrder(client, { orderId: long })
  expect(order?.units).toHaveLength(60)
  expect(order?.units[59]).toEqual({ retailerId: "MUG-59", quantity: 60 })
  expect((await read()).at(-1)?.units).toHaveLength(60)
})

test("only what changed since a time is read when asked", async () => {
  const old = await buy(["MUG-1", 1])
  await buy(["MUG-2", 1])
  const { now } = await sandbox.control.advanceClock(60_000)
  await sandbox.control.advanceOrder(old)
  expect((await read([...ORDER_STATES], new Date(Date.parse(now) - 5_000))).map(({ id }) => id)).toEqual([old])
})

test("an order that came to nothing reads as null", async () => {
  const order = await buy(["MUG-1", 1])
  expect(await readOrder(client, { orderId: order })).toMatchObject({ id: order })
  await sandbox.control.dropOrder(order)
  expect(await readOrder(client, { orderId: order })).toBeNull()
})

test("a cancellation is carried out once per key and names what it takes back", async () => {
  const order = await buy(["MUG-1", 3])
  await sandbox.control.advanceOrder(order)
  const intent = { orderId: order, reasonCode: "OUT_OF_STOCK" as const, restockItems: true, units: [{ retailerId: "MUG-1", quantity: 1 }], idempotencyKey: "k1" }
  await cancelOrder(client, intent)
  await cancelOrder(client, intent)
  expect((await readOrder(client, { orderId: order }))?.units).toEqual([{ retailerId: "MUG-1", quantity: 2 }])
  await cancelOrder(client, { ...intent, units: null, restockItems: false, reasonDescription: "sold in the shop", idempotencyKey: "k2" })
  const [seen] = await sandbox.control.orders(ownerId)
  expect(seen).toMatchObject({ state: "COMPLETED", cancellations: [{ reason_code: "OUT_OF_STOCK", restock_items: true }, { restock_items: false }] })
})

test("the closed API is an error that says so", async () => {
  await sandbox.control.setSettings({ commerce_orders: "closed", commerce_orders_closed_code: 12 })
  expect(await rejection(read(), GraphError)).toMatchObject({ kind: "envelope", code: 12, outcome: "not_applied" })
})
