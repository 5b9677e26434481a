import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { Client } from "pg"
import { startSandbox, type Sandbox } from "../../../integration-tests/graph-sandbox"
import { readCatalog, readPermissions } from "../catalogs"
import { classifyGraphError } from "../classify-error"
import { createGraphClient, type GraphClient, type GraphConnection, type GraphUsage } from "../client"
import { downloadErrorReport } from "../error-report"
import { GraphError } from "../graph-error"
import { checkBatch, sendItemsBatch, type ItemUpdate } from "../items-batch"
import { createFeed, deleteFeed, listFeeds, readFeed, updateFeed, type FeedSchedule } from "../product-feeds"
import { toNewItem, toNodeFields } from "../item-fields"
import { createItem, findItems, readItem, updateItem } from "../product-items"
import { testConnection } from "../test-connection"
import { listUploadErrors, listUploads, readErrorReport, requestErrorReport, startUpload } from "../uploads"
import { collect, rejection } from "./scripted-server"

const { DB_HOST = "127.0.0.1", DB_PORT = "54329", DB_USERNAME = "postgres", DB_PASSWORD = "postgres" } = process.env
const SERVER_URL = `postgres://${DB_USERNAME}:${encodeURIComponent(DB_PASSWORD)}@${DB_HOST}:${DB_PORT}`
const DATABASE = `graph_api_against_sandbox_${process.pid}`
const APP_SECRET = "the-secret-of-the-app"

const HEADER = "id,title,description,availability,condition,price,link,image_link,brand,quantity_to_sell_on_facebook"
const row = (id: string, { price = "24.50 GBP", quantity = "5", availability = "in stock" } = {}) =>
  `${id},Mug,Glazed mug,${availability},new,${price},https://shop.test/p/${id},https://cdn.test/${id}.jpg,Kiln,${quantity}`
const csv = (...rows: string[]) => `${[HEADER, ...rows].join("\n")}\n`
const file = (content: string) => ({
  stream: Readable.from([Buffer.from(content)]),
  filename: "full.csv",
  contentType: "text/csv",
  size: Buffer.byteLength(content),
})

let sandbox: Sandbox
let catalogId: string
let token: string
let client: GraphClient
let usages: GraphUsage[]
let feedFile: Server
let feedUrl: string

function connect(more: Partial<GraphConnection> = {}): GraphClient {
  return createGraphClient(
    { graphUrl: sandbox.url, version: "v26.0", accessToken: token, appSecret: APP_SECRET, ...more },
    { onUsage: (usage) => usages.push(usage) }
  )
}

async function uploadAndSettle(content: string, more: { updateOnly?: boolean } = {}): Promise<{ feedId: string; uploadId: string }> {
  const { id: feedId } = await createFeed(client, { metaCatalogId: catalogId, name: "Kiln", defaultCurrency: "GBP", encoding: "UTF8" })
  const { id: uploadId } = await startUpload(client, { metaFeedId: feedId, file: file(content), ...more })
  await sandbox.control.settle()
  return { feedId, uploadId }
}

beforeAll(async () => {
  sandbox = await startSandbox({ databaseUrl: `${SERVER_URL}/${DATABASE}`, port: 0, host: "127.0.0.1" })
  feedFile = createServer((request, response) => {
    if (request.headers.authorization !== `Basic ${Buffer.from("meta:pw-of-feed").toString("base64")}`) {
      response.writeHead(401).end()
      return
    }
    response.writeHead(200, { "content-type": "text/csv" })
    response.end(csv(row("MUG-1"), row("MUG-2")))
  })
  await new Promise<void>((resolve) => feedFile.listen(0, "127.0.0.1", resolve))
  feedUrl = `http://127.0.0.1:${(feedFile.address() as AddressInfo).port}/feeds/0123456789/full.csv`
})

beforeEach(async () => {
  await sandbox.control.reset()
  catalogId = (await sandbox.control.createCatalog({ name: "Kiln & Co", currency: "GBP" })).id
  token = (await sandbox.control.createToken({ catalogIds: [catalogId], appSecret: APP_SECRET, requireProof: true })).token
  usages = []
  client = connect()
})

afterEach(() => client.close())

afterAll(async () => {
  feedFile?.close()
  await sandbox?.stop()
  const server = new Client({ connectionString: `${SERVER_URL}/postgres` })
  await server.connect()
  await server.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`)
  await server.end()
})

describe("catalogues and permissions", () => {
  it("are read", async () => {
    await sandbox.control.putItems(catalogId, [{ id: "A", title: "Mug" }])
    await expect(readCatalog(client, { metaCatalogId: catalogId })).resolves.toEqual({
      id: catalogId,
      name: "Kiln & Co",
      productCount: 1,
      vertical: "commerce",
    })
    await expect(readPermissions(client)).resolves.toEqual(
      expect.arrayContaining([
        { permission: "catalog_management", granted: true },
        { permission: "business_management", granted: true },
      ])
    )
  })

  it("keep ids whole that come as JSON numbers above 2^53", async () => {
    await sandbox.control.setSettings({ numeric_ids: true })
    expect(Number.isSafeInteger(Number(catalogId))).toBe(false)
    await expect(readCatalog(client, { metaCatalogId: catalogId })).resolves.toMatchObject({ id: catalogId })
    const { id } = await createFeed(client, { metaCatalogId: catalogId, name: "Numeric" })
    await expect(readFeed(client, { metaFeedId: id })).resolves.toMatchObject({ id, name: "Numeric" })
  })
})

describe("items batch", () => {
  const update = (id: string, quantity: number): ItemUpdate => ({
    method: "UPDATE",
    data: { id, quantity_to_sell_on_facebook: quantity, availability: quantity > 0 ? "in stock" : "out of stock" },
  })

  beforeEach(() => sandbox.control.putItems(catalogId, ["A", "B", "C"].map((id) => ({ id, title: id, quantity_to_sell_on_facebook: 9, availability: "in stock" }))))

  it.each(["lower", "title"] as const)("is applied and finishes, the status spelt in %s case", async (statusCase) => {
    await sandbox.control.setSettings({ status_case: statusCase, batch_delay_ms: [60_000, 60_000] })
    const { handle, validation } = await sendItemsBatch(client, { metaCatalogId: catalogId, requests: [update("A", 3), update("B", 0)], allowUpsert: false })
    expect(validation).toEqual([])
    const ask = { metaCatalogId: catalogId, handle: handle ?? "" }
    await expect(checkBatch(client, ask)).resolves.toMatchObject({ status: "running", errorsTotalCount: 0 })
    await sandbox.control.settle()
    await expect(checkBatch(client, ask)).resolves.toMatchObject({ status: "finished", errorsTotalCount: 0, invalidIds: [] })
    expect((await sandbox.control.item(catalogId, "A"))?.quantity_to_sell_on_facebook).toBe(3)
    expect(await sandbox.control.item(catalogId, "B")).toMatchObject({ quantity_to_sell_on_facebook: 0, availability: "out of stock" })
  })

  it("names the items that were not saved", async () => {
    await sandbox.control.setSettings({ silent_drop_unknown_updates: false })
    const { handle } = await sendItemsBatch(client, { metaCatalogId: catalogId, requests: [update("A", 3), update("UNKNOWN", 1)], allowUpsert: false })
    await sandbox.control.settle()
    const status = await checkBatch(client, { metaCatalogId: catalogId, handle: handle ?? "" })
    expect(status).toMatchObject({ status: "finished", errorsTotalCount: 1, invalidIds: ["UNKNOWN"] })
    expect(status.errors).toEqual([{ line: 2, id: "UNKNOWN", message: expect.stringMatching(/\S/) }])
  })

  it("reports a refused item at once and takes the others", async () => {
    const requests: ItemUpdate[] = [update("A", 3), { method: "UPDATE", data: { id: "B", availability: "perhaps" } }, { method: "UPDATE", data: { id: "C", glaze: "blue" } }]
    const { handle, validation } = await sendItemsBatch(client, { metaCatalogId: catalogId, requests, allowUpsert: false })
    expect(handle).not.toBeNull()
    const bad = validation.find(({ retailerId }) => retailerId === "B")
    const warned = validation.find(({ retailerId }) => retailerId === "C")
    expect(warned?.warnings).toHaveLength(1)
    await sandbox.control.settle()
    const status = await checkBatch(client, { metaCatalogId: catalogId, handle: handle ?? "" })
    expect([...(bad?.errors ?? []), ...status.errors.map(({ message }) => message)]).toHaveLength(1)
    expect(await sandbox.control.item(catalogId, "A")).toMatchObject({ quantity_to_sell_on_facebook: 3 })
    expect(await sandbox.control.item(catalogId, "B")).toMatchObject({ availability: "in stock" })
  })

  it.each(["empty", "missing"] as const)("gives no handle when every item is refused, handles being %s", async (empty) => {
    await sandbox.control.setSettings({ empty_handles: empty })
    const requests: ItemUpdate[] = [{ method: "CREATE", data: { id: "NEW" } }]
    const reply = await sendItemsBatch(client, { metaCatalogId: catalogId, requests, allowUpsert: true })
    expect(reply.handle).toBeNull()
    expect(reply.validation).toEqual([{ retailerId: "NEW", errors: expect.arrayContaining([expect.stringMatching(/price/i)]), warnings: [] }])
  })

  it("deletes", async () => {
    await sendItemsBatch(client, { metaCatalogId: catalogId, requests: [{ method: "DELETE", data: { id: "C" } }], allowUpsert: false })
    await sandbox.control.settle()
    expect(await sandbox.control.item(catalogId, "C")).toBeNull()
  })

  it.each([
    ["is lost after it was applied", "reset_after"],
    ["breaks off half way", "half_reply"],
    ["lacks its handle", "missing_handle"],
  ] as const)("is in doubt when its reply %s, and rightly so", async (_name, type) => {
    await sandbox.control.setFaults([{ path: "items_batch$", action: { type } }])
    const error = await rejection(sendItemsBatch(client, { metaCatalogId: catalogId, requests: [update("A", 3)], allowUpsert: false }), GraphError)
    expect(classifyGraphError(error, "catalog").class).toBe("unknown_outcome")
    await sandbox.control.settle()
    expect((await sandbox.control.item(catalogId, "A"))?.quantity_to_sell_on_facebook).toBe(3)
    expect(await sandbox.control.calls({ path: "items_batch" })).toHaveLength(1)
  })

  it.each(["Error", "Canceled"] as const)("reports a batch that ended as %s", async (status) => {
    await sandbox.control.setFaults([{ path: "items_batch$", action: { type: "batch_status", status } }])
    const { handle } = await sendItemsBatch(client, { metaCatalogId: catalogId, requests: [update("A", 3)], allowUpsert: false })
    await sandbox.control.settle()
    await expect(checkBatch(client, { metaCatalogId: catalogId, handle: handle ?? "" })).resolves.toMatchObject({ status: status.toLowerCase() })
  })

  it("says for an expired handle what code 100 means", async () => {
    await sandbox.control.setFaults([{ path: "items_batch$", action: { type: "expire_handle" } }])
    const { handle } = await sendItemsBatch(client, { metaCatalogId: catalogId, requests: [update("A", 3)], allowUpsert: false })
    const error = await rejection(checkBatch(client, { metaCatalogId: catalogId, handle: handle ?? "" }), GraphError)
    expect(classifyGraphError(error, "object")).toEqual({ class: "permanent", reason: "invalid_parameter", retryAfterMs: null })
  })

  it("carries the minutes of a throttled call", async () => {
    await sandbox.control.setFaults([{ path: "items_batch$", action: { type: "throttle", minutes: 7 } }])
    const error = await rejection(sendItemsBatch(client, { metaCatalogId: catalogId, requests: [update("A", 3)], allowUpsert: false }), GraphError)
    expect(classifyGraphError(error, "catalog")).toEqual({ class: "throttle", reason: "catalog_batch_limit", retryAfterMs: 420_000 })
    expect(usages.at(-1)).toMatchObject({ regainAccessMinutes: 7 })
  })

  it("reports the quota's use and is refused when it is used up", async () => {
    await sandbox.control.setSettings({ quota_calls_per_hour: { batch: 2, management: 1000 } })
    const send = () => sendItemsBatch(client, { metaCatalogId: catalogId, requests: [update("A", 3)], allowUpsert: false })
    await send()
    await send()
    const error = await rejection(send(), GraphError)
    expect(classifyGraphError(error, "catalog")).toMatchObject({ class: "throttle", reason: "catalog_batch_limit" })
    expect(usages.length).toBeGreaterThan(0)
    expect(error.usage).toMatchObject({ callCount: expect.any(Number), type: expect.stringContaining("batch") })
  })
})

describe("items", () => {
  beforeEach(() =>
    sandbox.control.putItems(
      catalogId,
      Array.from({ length: 260 }, (_, index) => ({
        id: `Tasse/ä ${index}`,
        title: `Mug ${index}`,
        price: "24.50 GBP",
        availability: "in stock",
        quantity_to_sell_on_facebook: index,
      }))
    )
  )

  it("are read by our id, whatever characters it has", async () => {
    const item = await readItem(client, { metaCatalogId: catalogId, retailerId: "Tasse/ä 7" }, ["quantity_to_sell_on_facebook", "availability", "price", "visibility", "errors"])
    expect(item).toMatchObject({ retailer_id: "Tasse/ä 7", quantity_to_sell_on_facebook: 7, availability: "in stock" })
    await expect(readItem(client, { metaCatalogId: catalogId, retailerId: "NOT-THERE" }, ["name"])).resolves.toBeNull()
  })

  it("are found in numbers, and what Meta does not have is missing", async () => {
    const retailerIds = [...Array.from({ length: 260 }, (_, index) => `Tasse/ä ${index}`), "NOT-THERE"]
    const found = await collect(findItems(client, { metaCatalogId: catalogId, retailerIds }))
    expect(found.map((item) => [item.retailer_id, item.quantity_to_sell_on_facebook]).sort()).toEqual(
      Array.from({ length: 260 }, (_, index) => [`Tasse/ä ${index}`, index]).sort()
    )
    const [one] = await collect(findItems(client, { metaCatalogId: catalogId, retailerIds: ["Tasse/ä 3"], fields: ["name"] }))
    expect(one).toMatchObject({ retailer_id: "Tasse/ä 3", name: "Mug 3" })
  })

  it("are changed by our id and by Meta's", async () => {
    await updateItem(client, { metaCatalogId: catalogId, retailerId: "Tasse/ä 7" }, { availability: "out of stock", quantity_to_sell_on_facebook: 0 })
    expect(await sandbox.control.item(catalogId, "Tasse/ä 7")).toMatchObject({ availability: "out of stock", quantity_to_sell_on_facebook: 0 })
    const item = await readItem(client, { metaCatalogId: catalogId, retailerId: "Tasse/ä 7" }, [])
    await updateItem(client, { metaItemId: item?.id ?? "" }, { quantity_to_sell_on_facebook: 8, availability: "in stock" })
    expect(await sandbox.control.item(catalogId, "Tasse/ä 7")).toMatchObject({ availability: "in stock", quantity_to_sell_on_facebook: 8 })
  })

  const newMug = {
    id: "NEW-1",
    title: "New mug",
    description: "Glazed.",
    link: "https://shop.test/p/new",
    image_link: "https://cdn.test/1.jpg",
    additional_image_link: "https://cdn.test/2.jpg,https://cdn.test/3.jpg",
    condition: "new",
    price: "24.50 GBP",
    brand: "Kiln",
    item_group_id: "mugs",
    additional_variant_attribute: "Glaze:Matt, Handle:Left",
  }

  it("are made once, whole, and a second making changes nothing", async () => {
    const id = await createItem(client, catalogId, toNewItem(newMug, { quantity: 7, availability: "in stock" }))
    const made = await sandbox.control.item(catalogId, "NEW-1")
    expect(made).toMatchObject({ id, updated_by: "node", quantity_to_sell_on_facebook: 7, availability: "in stock", visibility: "published" })
    const { id: _id, additional_image_link: images, ...sameNames } = newMug
    expect(made?.fields).toMatchObject({ ...sameNames, additional_image_link: images.split(",") })
    const again = toNewItem({ ...newMug, title: "Other mug" }, { quantity: 0, availability: "out of stock" })
    expect(await rejection(createItem(client, catalogId, again), GraphError)).toMatchObject({ code: 10800, outcome: "not_applied" })
    expect(await sandbox.control.item(catalogId, "NEW-1")).toEqual(made)
  })

  it("take prices in hundredths; a sale begins, loses its dates and ends", async () => {
    await createItem(client, catalogId, toNewItem({ ...newMug, id: "NEW-2" }, { quantity: 7, availability: "in stock" }))
    const address = { metaCatalogId: catalogId, retailerId: "NEW-2" }
    const put = async (price: string, sale_price: string, sale_price_effective_date = "") => {
      await updateItem(client, address, toNodeFields({ quantity: null, availability: null, price: { price, sale_price, sale_price_effective_date } }))
      return (await sandbox.control.item(catalogId, "NEW-2"))?.fields
    }
    const dates = "2027-03-01T00:00+00:00/2027-03-08T00:00+00:00"
    expect(await put("30.00 GBP", "25.05 GBP", dates)).toMatchObject({ price: "30.00 GBP", sale_price: "25.05 GBP", sale_price_effective_date: dates })
    const open = await put("30.00 GBP", "20.00 GBP")
    expect(open).toMatchObject({ sale_price: "20.00 GBP" })
    expect(open?.sale_price_effective_date).not.toContain("2027")
    expect((await put("29.99 GBP", ""))?.sale_price).toBeUndefined()
  })
})

describe("feeds", () => {
  const schedule: FeedSchedule = { interval: "DAILY", interval_count: 1, hour: 3, minute: 20, timezone: "Europe/London", url: "https://shop.test/full.csv", username: "meta", password: "pw-1234" }

  it("are made, listed, read, changed and deleted", async () => {
    const created = await createFeed(client, {
      metaCatalogId: catalogId,
      name: "Kiln",
      country: "GB",
      defaultCurrency: "GBP",
      deletionEnabled: true,
      encoding: "UTF8",
      delimiter: "COMMA",
      quotedFieldsMode: "autodetect",
      schedule,
      updateSchedule: { interval: "HOURLY", url: "https://shop.test/update.csv" },
    })
    expect(created.objections).toEqual([])
    const feed = {
      ingestionSourceType: "primary_feed",
      overrideType: null,
      primaryFeedIds: [],
      id: created.id,
      name: "Kiln",
      country: "GB",
      defaultCurrency: "GBP",
      deletionEnabled: true,
      encoding: "UTF8",
      delimiter: "COMMA",
      quotedFieldsMode: "autodetect",
      productCount: 0,
      createdAt: expect.any(Date),
      schedule: { id: expect.any(String), interval: "DAILY", intervalCount: 1, hour: 3, minute: 20, timezone: "Europe/London", dayOfWeek: null, dayOfMonth: null, url: "https://shop.test/full.csv", username: "meta" },
      updateSchedule: expect.objectContaining({ interval: "HOURLY", url: "https://shop.test/update.csv" }),
    }
    await expect(readFeed(client, { metaFeedId: created.id })).resolves.toEqual(feed)
    await expect(collect(listFeeds(client, { metaCatalogId: catalogId }))).resolves.toEqual([feed])

    await updateFeed(client, { metaFeedId: created.id, name: "Kiln 2", schedule: { ...schedule, url: "https://shop.test/new.csv" } })
    await expect(readFeed(client, { metaFeedId: created.id })).resolves.toMatchObject({
      name: "Kiln 2",
      defaultCurrency: "GBP",
      schedule: { url: "https://shop.test/new.csv" },
      updateSchedule: { url: "https://shop.test/update.csv" },
    })

    await deleteFeed(client, { metaFeedId: created.id })
    await expect(readFeed(client, { metaFeedId: created.id })).resolves.toBeNull()
    const error = await rejection(deleteFeed(client, { metaFeedId: created.id }), GraphError)
    expect(classifyGraphError(error, "object").reason).toBe("object_not_found")
  })

  it("are listed over all pages", async () => {
    for (let index = 0; index < 101; index++) {
      await createFeed(client, { metaCatalogId: catalogId, name: `Feed ${index}` })
    }
    const feeds = await collect(listFeeds(client, { metaCatalogId: catalogId }))
    expect(new Set(feeds.map(({ name }) => name)).size).toBe(101)
    expect(await sandbox.control.calls({ path: "product_feeds$", method: "GET" })).toHaveLength(2)
  })

  it("read as absent while Meta does not show them yet", async () => {
    await sandbox.control.setSettings({ feed_visible_delay_ms: 60_000 })
    const { id } = await createFeed(client, { metaCatalogId: catalogId, name: "Kiln" })
    await expect(readFeed(client, { metaFeedId: id })).resolves.toBeNull()
    await sandbox.control.advanceClock(61_000)
    await expect(readFeed(client, { metaFeedId: id })).resolves.toMatchObject({ id })
  })
})

describe("uploads", () => {
  it("take a file, and the session tells how it went", async () => {
    const { feedId, uploadId } = await uploadAndSettle(csv(row("MUG-1"), row("MUG-2"), row("MUG-3", { price: "free" })))
    const [session, ...others] = await collect(listUploads(client, { metaFeedId: feedId }))
    expect(others).toEqual([])
    expect(session).toMatchObject({ id: uploadId, inputMethod: "Manual Upload", filename: "full.csv", detected: 3, persisted: 2, deleted: 0, invalid: 1, errorCount: 1 })
    expect(session.endedAt?.getTime()).toBeGreaterThanOrEqual(session.startedAt?.getTime() ?? Infinity)
    expect((await sandbox.control.items(catalogId)).map((item) => item.retailer_id)).toEqual(["MUG-1", "MUG-2"])
  })

  it("delete what a replace file lacks and nothing in an update", async () => {
    const { feedId } = await uploadAndSettle(csv(row("MUG-1"), row("MUG-2")))
    await startUpload(client, { metaFeedId: feedId, file: file(`id,quantity_to_sell_on_facebook\nMUG-1,1\n`), updateOnly: true })
    await sandbox.control.settle()
    expect((await sandbox.control.items(catalogId)).map((item) => [item.retailer_id, item.quantity_to_sell_on_facebook])).toEqual([
      ["MUG-1", 1],
      ["MUG-2", 5],
    ])
    await startUpload(client, { metaFeedId: feedId, file: file(csv(row("MUG-2"))) })
    await sandbox.control.settle()
    expect((await sandbox.control.items(catalogId)).map((item) => item.retailer_id)).toEqual(["MUG-2"])
  })

  it("let Meta fetch an address with its credentials", async () => {
    const { id: feedId } = await createFeed(client, { metaCatalogId: catalogId, name: "Kiln" })
    await startUpload(client, { metaFeedId: feedId, url: feedUrl, username: "meta", password: "pw-of-feed" })
    await sandbox.control.settle()
    const [session] = await collect(listUploads(client, { metaFeedId: feedId }))
    expect(session).toMatchObject({ url: feedUrl, detected: 2, persisted: 2 })
    expect(session.endedAt).toBeInstanceOf(Date)
  })

  it("are running until they end", async () => {
    await sandbox.control.setSettings({ upload_delay_ms: [60_000, 60_000] })
    const { id: feedId } = await createFeed(client, { metaCatalogId: catalogId, name: "Kiln" })
    await startUpload(client, { metaFeedId: feedId, file: file(csv(row("MUG-1"))) })
    const [session] = await collect(listUploads(client, { metaFeedId: feedId }))
    expect(session.startedAt).toBeInstanceOf(Date)
    expect(session.endedAt).toBeNull()
    await sandbox.control.settle()
  })

  it("give their problems as samples, by priority, and in full as a report", async () => {
    const bad = Array.from({ length: 25 }, (_, index) => row(`BAD-${index}`, { price: "" }))
    const { uploadId } = await uploadAndSettle(csv(row("MUG-1"), ...bad, row("MUG-2", { quantity: "many" })))

    const fatal = await collect(listUploadErrors(client, { uploadId, priority: "HIGH" }))
    expect(fatal).toEqual([expect.objectContaining({ severity: "fatal", errorType: "PROPERTY_VALUE_MISSING", totalCount: 25 })])
    expect(fatal[0].samples).toHaveLength(10)
    expect(fatal[0].samples[0]).toEqual({ rowNumber: 3, retailerId: "BAD-0", itemId: null })
    const all = await collect(listUploadErrors(client, { uploadId }))
    expect(all.map(({ severity }) => severity).sort()).toEqual(["fatal", "warning"])

    await expect(readErrorReport(client, { uploadId })).resolves.toEqual({ status: "NOT_REQUESTED", fileUrl: null })
    await sandbox.control.setSettings({ report_delay_ms: [60_000, 60_000] })
    await requestErrorReport(client, { uploadId })
    await expect(readErrorReport(client, { uploadId })).resolves.toEqual({ status: "REQUESTED", fileUrl: null })
    await requestErrorReport(client, { uploadId })
    await sandbox.control.settle()
    const { status, fileUrl } = await readErrorReport(client, { uploadId })
    expect(status).toBe("WRITE_FINISHED")
    const rows = await collect(downloadErrorReport({ fileUrl: fileUrl ?? "", graphUrl: sandbox.url }))
    expect(rows.filter(({ severity }) => severity === "fatal").map(({ retailerId }) => retailerId)).toEqual(Array.from({ length: 25 }, (_, index) => `BAD-${index}`))
    expect(rows.find(({ retailerId }) => retailerId === "BAD-3")).toEqual({
      retailerId: "BAD-3",
      message: fatal[0].summary,
      severity: "fatal",
      errorType: "PROPERTY_VALUE_MISSING",
      fields: ["price"],
      affected: ["da"],
      row: 6,
    })
    expect(rows.filter(({ severity }) => severity === "warning").map(({ retailerId }) => retailerId)).toEqual(["MUG-2"])

    await sandbox.control.advanceClock(31 * 24 * 3600 * 1000)
    await expect(readErrorReport(client, { uploadId })).resolves.toEqual({ status: "ERROR_REPORT_OUTDATED", fileUrl: null })
  })
})

describe("testConnection", () => {
  async function codes(tested: GraphClient, metaCatalogId = catalogId) {
    const { ok, checks } = await testConnection(tested, { metaCatalogId })
    return { ok, ...Object.fromEntries(checks.map((check) => [check.check, check.ok === null ? null : check.ok || check.code])) }
  }

  it("is content with a good connection", async () => {
    await expect(codes(client)).resolves.toEqual({ ok: true, reachable: true, token: true, permissions: true, catalog: true, feeds: true })
  })

  it("finds a wrong, an expired and a revoked token", async () => {
    const bad = { ok: false, reachable: true, permissions: null, catalog: null, feeds: null }
    await expect(codes(connect({ accessToken: "EAAGwrong" }))).resolves.toEqual({ ...bad, token: "token_invalid" })
    await sandbox.control.updateToken(token, { state: "expired" })
    await expect(codes(client)).resolves.toEqual({ ...bad, token: "token_expired" })
    await sandbox.control.updateToken(token, { state: "revoked" })
    await expect(codes(client)).resolves.toEqual({ ...bad, token: "app_removed" })
  })

  it("finds a wrong and a missing app secret", async () => {
    for (const appSecret of ["another-secret", null]) {
      await expect(codes(connect({ appSecret }))).resolves.toEqual({
        ok: false,
        reachable: true,
        token: "app_secret_refused",
        permissions: null,
        catalog: null,
        feeds: null,
      })
    }
  })

  it("finds a missing permission", async () => {
    await sandbox.control.updateToken(token, { permissions: ["business_management"] })
    await expect(codes(client)).resolves.toEqual({
      ok: false,
      reachable: true,
      token: true,
      permissions: "permission_missing",
      catalog: "permission_missing",
      feeds: null,
    })
  })

  it("finds a catalogue out of sight", async () => {
    const { id } = await sandbox.control.createCatalog({ name: "Of somebody else" })
    for (const metaCatalogId of [id, "12345"]) {
      await expect(codes(client, metaCatalogId)).resolves.toEqual({
        ok: false,
        reachable: true,
        token: true,
        permissions: true,
        catalog: "catalog_not_found",
        feeds: null,
      })
    }
  })

  it("finds a dead Graph version", async () => {
    await expect(codes(connect({ version: "v20.0" }))).resolves.toEqual({
      ok: false,
      reachable: "version_ended",
      token: null,
      permissions: null,
      catalog: null,
      feeds: null,
    })
  })

  it("finds a Graph that does not answer", async () => {
    await sandbox.control.setFaults([{ times: 100, action: { type: "reset_before" } }])
    await expect(codes(client)).resolves.toEqual({ ok: false, reachable: "unreachable", token: null, permissions: null, catalog: null, feeds: null })
  })
})

describe("what the sandbox keeps of a call", () => {
  it("shows no token in any address, and the proof only as Meta wants it", async () => {
    await sandbox.control.setSettings({ proof_in_query_only: true })
    await readCatalog(client, { metaCatalogId: catalogId })
    await createFeed(client, { metaCatalogId: catalogId, name: "Kiln" })
    const calls = await sandbox.control.calls()
    expect(calls.map(({ status }) => status)).toEqual([200, 200])
    expect(JSON.stringify(calls)).not.toContain(token)
  })
})
