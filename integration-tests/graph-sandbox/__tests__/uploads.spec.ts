import { gzipSync } from "node:zlib"
import { csv, HEADER, itemData, line, openFeedHost, openLab, openShop, type FeedHost, type Lab, type Shop } from "./harness"

let lab: Lab
let host: FeedHost
let shop: Shop
let feed: string

beforeAll(async () => {
  lab = await openLab()
  host = await openFeedHost()
})

afterAll(async () => {
  await host.close()
  await lab.close()
})

beforeEach(async () => {
  await lab.sandbox.control.reset()
  host.requests.length = 0
  shop = await openShop(lab.sandbox)
  feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main", default_currency: "GBP" })).body.id
})

const control = () => lab.sandbox.control
const ids = async () => (await control().items(shop.id)).map((item) => item.retailer_id)
const item = (id: string) => control().item(shop.id, id)

/** Uploads a file by URL to its end and gives the session. */
async function upload(answer: Parameters<FeedHost["serve"]>[1], more: Record<string, unknown> = {}, to = feed) {
  const reply = await shop.api.post(`${to}/uploads`, { url: host.serve("/file", answer), ...more })
  expect(reply.status).toBe(200)
  await control().settle()
  return (await control().uploads(to)).find((session) => session.id === reply.body.id)!
}

describe("a session", () => {
  test("it is open until its file is taken in, and then has Meta's counts and times", async () => {
    await control().setSettings({ upload_delay_ms: [60_000, 60_000] })
    const url = host.serve("/full.csv.gz", gzipSync(csv(line("A"), line("B"), line("C", { price: "" }))))
    const { id } = (await shop.api.post(`${feed}/uploads`, { url })).body
    const running = (await shop.api.get(`${feed}/uploads?fields=id,start_time,end_time,input_method,url`)).body.data
    expect(running).toEqual([{ id, start_time: expect.stringMatching(/\+0000$/), input_method: "User initiated server fetch", url }])
    await control().settle()
    const fields =
      "id,end_time,filename,num_detected_items,num_persisted_items,num_deleted_items,num_invalid_items,error_count,warning_count"
    expect((await shop.api.get(`${id}?fields=${fields}`)).body).toEqual({
      id,
      end_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/),
      filename: "full.csv.gz",
      num_detected_items: 3,
      num_persisted_items: 2,
      num_deleted_items: 0,
      num_invalid_items: 1,
      error_count: 1,
      warning_count: 0,
    })
    expect((await shop.api.get(`${feed}?fields=latest_upload,product_count`)).body).toMatchObject({
      latest_upload: { id },
      product_count: 2,
    })
  })

  test("a file part is streamed in by multipart, gzip or not", async () => {
    const send = async (bytes: string | Buffer, name: string) => {
      const form = new FormData()
      form.set("update_only", "false")
      form.set("file", new Blob([new Uint8Array(Buffer.from(bytes as Buffer))], { type: "text/csv" }), name)
      const reply = await shop.api.postForm(`${feed}/uploads`, form)
      await control().settle()
      return reply
    }
    expect((await send(csv(line("A")), "full.csv")).status).toBe(200)
    expect((await send(gzipSync(csv(line("A"), line("B"))), "full.csv.gz")).status).toBe(200)
    expect(await ids()).toEqual(["A", "B"])
    expect((await control().uploads(feed))[1]).toMatchObject({ input_method: "Manual Upload", filename: "full.csv.gz", url: null })
  })

  test("a call with neither url nor file, with both, or with a part of another name is refused", async () => {
    const form = (...parts: [string, string | Blob][]) => {
      const data = new FormData()
      parts.forEach(([name, value]) => data.set(name, value))
      return shop.api.postForm(`${feed}/uploads`, data)
    }
    const file = new Blob([csv(line("A"))])
    expect((await form(["update_only", "true"])).body.error.code).toBe(100)
    expect((await form(["url", "https://shop.test/f.csv"], ["file", file])).body.error.code).toBe(100)
    expect((await form(["upload", file])).body.error.code).toBe(100)
    expect((await shop.api.post(`${feed}/uploads`, { url: "shop.test/f.csv" })).body.error.code).toBe(100)
    expect(await control().uploads(feed)).toEqual([])
  })
})

describe("a replace file", () => {
  test("items absent from it are deleted, the others made or changed", async () => {
    await upload(csv(line("A"), line("B")))
    const session = await upload(csv(line("B", { quantity_to_sell_on_facebook: "2" }), line("C")))
    expect(session).toMatchObject({ num_persisted_items: 2, num_deleted_items: 1 })
    expect(await ids()).toEqual(["B", "C"])
    expect((await item("B"))?.quantity_to_sell_on_facebook).toBe(2)
  })

  test("nothing is deleted from a feed that has deletion switched off", async () => {
    const keeping = (await shop.api.post(`${shop.id}/product_feeds`, { name: "keep", deletion_enabled: false })).body.id
    await upload(csv(line("A"), line("B")), {}, keeping)
    await upload(csv(line("A")), {}, keeping)
    expect(await ids()).toEqual(["A", "B"])
  })

  test.each([
    ["without a byte", ""],
    ["with only a header", `${HEADER}\n`],
  ])("one %s is refused and deletes nothing", async (_case, file) => {
    await upload(csv(line("A")))
    const session = await upload(file)
    expect(session).toMatchObject({ failed: true, num_deleted_items: 0, error_count: 1 })
    expect(session.errors[0]).toMatchObject({ severity: "fatal", summary: "Your Data Feed File Can't Be Empty" })
    expect(session.end_time).not.toBeNull()
    expect(await ids()).toEqual(["A"])
  })

  test("a body cut off in the middle is taken as complete when HTTP says it was, so the rest is deleted", async () => {
    await upload(csv(line("A"), line("B"), line("C")))
    const whole = csv(line("A"), line("B"), line("C"))
    const session = await upload((_request, response) => response.writeHead(200).end(whole.slice(0, whole.indexOf("C,Mug") + 4)))
    expect(session).toMatchObject({ failed: false, num_detected_items: 3, num_persisted_items: 2, num_invalid_items: 1 })
    await upload((_request, response) => response.writeHead(200).end(whole.slice(0, whole.indexOf("C,Mug"))))
    expect(await ids()).toEqual(["A", "B"])
  })

  test.each([
    [
      "a length that is not reached",
      (_request: unknown, response: import("node:http").ServerResponse) => {
        const body = csv(line("A"))
        response.writeHead(200, { "content-length": body.length + 500 })
        response.write(body, () => response.destroy())
      },
    ],
    [
      "chunks that break off",
      (_request: unknown, response: import("node:http").ServerResponse) => {
        response.writeHead(200)
        response.write(csv(line("A")), () => setTimeout(() => response.destroy(), 20))
      },
    ],
    ["HTTP 503", (_request: unknown, response: import("node:http").ServerResponse) => void response.writeHead(503).end(csv(line("A")))],
    [
      "a redirect",
      (_request: unknown, response: import("node:http").ServerResponse) => void response.writeHead(302, { location: "/elsewhere" }).end(),
    ],
    ["a connection that is reset", (request: import("node:http").IncomingMessage) => void request.socket.destroy()],
  ])("a transfer that ends with %s is a failed session that changes nothing", async (_case, answer) => {
    await upload(csv(line("A"), line("B")))
    host.serve("/elsewhere", csv(line("A")))
    const session = await upload(answer)
    expect(session).toMatchObject({ failed: true, num_detected_items: 0, num_deleted_items: 0, error_count: 1 })
    expect(session.end_time).not.toBeNull()
    expect(await ids()).toEqual(["A", "B"])
  })

  test("a gzip cut off in the middle is refused whole", async () => {
    await upload(csv(line("A"), line("B")))
    const packed = gzipSync(csv(...Array.from({ length: 500 }, (_, index) => line(`S${index}`, { title: `${Math.random()}` }))))
    const session = await upload(packed.subarray(0, packed.length / 2))
    expect(session).toMatchObject({ failed: true, errors: [{ summary: "File format is not supported" }] })
    expect(await ids()).toEqual(["A", "B"])
  })

  test("Basic auth of a one-time upload reaches the server and is stored nowhere", async () => {
    await upload(csv(line("A")), { username: "meta", password: "pw-77" })
    expect(host.requests[0].headers.authorization).toBe(`Basic ${Buffer.from("meta:pw-77").toString("base64")}`)
    const rows = await lab.sandbox.dataSource.query(
      "SELECT to_jsonb(upload)::text AS row FROM upload UNION ALL SELECT to_jsonb(call)::text FROM call"
    )
    expect(JSON.stringify(rows)).not.toContain("pw-77")
  })

  test("all rows with an id used twice are ignored, and the stored item stays or goes as the settings say", async () => {
    await upload(csv(line("A"), line("B")))
    const file = csv(line("A", { title: "One" }), line("B"), line("A", { title: "Two" }))
    const session = await upload(file)
    expect(session).toMatchObject({ num_detected_items: 3, num_persisted_items: 1, num_invalid_items: 2, num_deleted_items: 0 })
    expect(session.errors).toEqual([expect.objectContaining({ summary: "Non-Unique Value: id", severity: "fatal", total_count: 2 })])
    expect((await item("A"))?.title).toBe("Mug A")
    await control().setSettings({ fatal_row_in_replace: "delete" })
    expect((await upload(file)).num_deleted_items).toBe(1)
    expect(await ids()).toEqual(["B"])
  })

  test("a fatal row leaves the stored item as it was, or deletes it, as the settings say", async () => {
    await upload(csv(line("A"), line("B")))
    const file = csv(line("A", { price: "free", title: "Changed" }), line("B"))
    expect(await upload(file)).toMatchObject({ num_invalid_items: 1, num_deleted_items: 0 })
    expect((await item("A"))?.title).toBe("Mug A")
    await control().setSettings({ fatal_row_in_replace: "delete" })
    expect((await upload(file)).num_deleted_items).toBe(1)
    expect(await ids()).toEqual(["B"])
  })

  test("a column it does not have keeps what a batch set, and an empty cell clears its field", async () => {
    const lean = (id: string) => line(id).split(",").slice(0, -1).join(",")
    const header = HEADER.split(",").slice(0, -1).join(",")
    await upload(csv(line("A", { quantity_to_sell_on_facebook: "14" })))
    await shop.api.post(`${shop.id}/items_batch`, {
      item_type: "PRODUCT_ITEM",
      requests: [{ method: "UPDATE", data: { id: "A", quantity_to_sell_on_facebook: 3 } }],
    })
    await control().settle()
    await upload(`${header}\n${lean("A")}\n`)
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(3)
    await upload(csv(line("A", { quantity_to_sell_on_facebook: "" })))
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBeNull()
  })

  test("uploads and batches for the same new items all end well, even when a commit takes long", async () => {
    const errors = jest.spyOn(console, "error").mockImplementation(() => undefined)
    await lab.sandbox.dataSource.query(`
      CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()`)
    try {
      const url = host.serve("/file", csv(line("NEW")))
      await shop.api.post(`${feed}/uploads`, { url })
      await new Promise((resolve) => setTimeout(resolve, 250))
      await shop.api.post(`${feed}/uploads`, { url })
      await shop.api.post(`${shop.id}/items_batch`, { item_type: "PRODUCT_ITEM", requests: [{ method: "UPDATE", data: itemData("NEW") }] })
      await control().settle()
    } finally {
      await lab.sandbox.dataSource.query("DROP FUNCTION linger CASCADE")
    }
    const logged = errors.mock.calls
    errors.mockRestore()
    expect(logged).toEqual([])
    expect((await control().uploads(feed)).map((session) => [session.failed, session.num_persisted_items])).toEqual([
      [false, 1],
      [false, 1],
    ])
    expect((await control().batches(shop.id)).map((batch) => batch.status)).toEqual(["Finished"])
    expect(await ids()).toEqual(["NEW"])
  })

  test("values an older file holds come back over what a batch set meanwhile", async () => {
    await upload(csv(line("A")))
    await control().setSettings({ ingest_delay_ms: [3_000, 3_000] })
    const fetched = host.requests.length
    const { id } = (await shop.api.post(`${feed}/uploads`, { url: host.serve("/file", csv(line("A"))) })).body
    while (host.requests.length === fetched) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await shop.api.post(`${shop.id}/items_batch`, {
      item_type: "PRODUCT_ITEM",
      requests: [{ method: "UPDATE", data: { id: "A", quantity_to_sell_on_facebook: 1 } }],
    })
    while ((await control().batches(shop.id))[0].finished_at === null) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(1)
    await control().settle()
    expect((await shop.api.get(`${id}?fields=end_time`)).body.end_time).toBeDefined()
    expect((await item("A"))?.quantity_to_sell_on_facebook).toBe(14)
  })
})

describe("an update file", () => {
  test("id and the changed columns suffice for known items, and nothing is deleted", async () => {
    await upload(csv(line("A"), line("B")))
    const session = await upload("id,price\nA,19.00 GBP\n", { update_only: true })
    expect(session).toMatchObject({ kind: "update", num_persisted_items: 1, num_deleted_items: 0, error_count: 0 })
    expect((await item("A"))?.price).toBe("19.00 GBP")
    expect((await item("A"))?.title).toBe("Mug A")
    expect(await ids()).toEqual(["A", "B"])
  })

  test("a new item needs every required field", async () => {
    const session = await upload("id,price\nNEW,19.00 GBP\n", { update_only: true })
    expect(session.num_invalid_items).toBe(1)
    expect(session.errors.map((error) => error.field)).toEqual(
      expect.arrayContaining(["title", "description", "availability", "condition", "link", "image_link", "brand"])
    )
    expect(await upload(csv(line("NEW")), { update_only: true })).toMatchObject({ num_persisted_items: 1 })
    expect(await ids()).toEqual(["NEW"])
  })

  test("sent along in the call it makes what is new, keeps its name, and leaves alone what it lacks and where a cell is empty", async () => {
    await upload(csv(line("A", { quantity_to_sell_on_facebook: "3" }), line("B")))
    const form = new FormData()
    form.set("update_only", "true")
    const rows = gzipSync(csv(line("A", { price: "19.00 GBP", quantity_to_sell_on_facebook: "" }), line("NEW")))
    form.set("file", new Blob([new Uint8Array(rows)], { type: "application/gzip" }), "batch_7.csv.gz")
    const { body } = await shop.api.postForm(`${feed}/uploads`, form)
    await control().settle()
    expect((await shop.api.get(`${feed}/uploads?fields=id,filename,num_persisted_items,num_deleted_items`)).body.data).toContainEqual(
      expect.objectContaining({ id: body.id, filename: "batch_7.csv.gz", num_persisted_items: 2, num_deleted_items: 0 })
    )
    expect(await ids()).toEqual(["A", "B", "NEW"])
    expect(await item("A")).toMatchObject({ price: "19.00 GBP", quantity_to_sell_on_facebook: 3 })
  })

  test("a feed made update_only never deletes", async () => {
    const updating = (await shop.api.post(`${shop.id}/product_feeds`, { name: "u", update_only: true })).body.id
    await upload(csv(line("A"), line("B")), {}, updating)
    await upload(csv(line("A")), {}, updating)
    expect(await ids()).toEqual(["A", "B"])
  })
})

describe("who owns an item", () => {
  test("an item of one feed is refused in another and stays with the first", async () => {
    const other = (await shop.api.post(`${shop.id}/product_feeds`, { name: "other" })).body.id
    await upload(csv(line("A")))
    const session = await upload(csv(line("A", { title: "Theirs" }), line("B")), {}, other)
    expect(session).toMatchObject({ num_persisted_items: 1, num_invalid_items: 1 })
    expect(session.errors[0]).toMatchObject({ error_type: "RETAILER_ID_USED_BY_GROUP", severity: "fatal" })
    expect(await item("A")).toMatchObject({ title: "Mug A", feed_id: feed })
    expect((await item("B"))?.feed_id).toBe(other)
  })

  test("an item made by batch joins the feed that holds it, and leaves with it", async () => {
    await shop.api.post(`${shop.id}/items_batch`, { item_type: "PRODUCT_ITEM", requests: [{ method: "CREATE", data: itemData("A") }] })
    await control().settle()
    await upload(csv(line("B")))
    expect(await ids()).toEqual(["A", "B"])
    await upload(csv(line("A"), line("B")))
    expect((await item("A"))?.feed_id).toBe(feed)
    await upload(csv(line("B")))
    expect(await ids()).toEqual(["B"])
  })

  test("items move over to a feed that was made to take over another", async () => {
    await upload(csv(line("A"), line("B")))
    const heir = (await shop.api.post(`${shop.id}/product_feeds`, { name: "heir", migrated_from_feed_id: feed })).body.id
    await upload(csv(line("A")), {}, heir)
    expect(await item("A")).toMatchObject({ feed_id: heir })
    expect(await ids()).toEqual(["A"])
  })

  test("a feed that is there already takes over another one's items with its next session, under the ids they have", async () => {
    await upload(csv(line("A"), line("B")))
    const before = await item("A")
    const heir = (await shop.api.post(`${shop.id}/product_feeds`, { name: "heir" })).body.id
    await upload(csv(line("C")), {}, heir)
    expect((await shop.api.post(heir, { migrated_from_feed_id: feed })).body).toEqual({ success: true })
    expect((await item("A"))?.feed_id).toBe(feed)
    await upload(csv(line("A"), line("B"), line("C")), {}, heir)
    expect(await item("A")).toMatchObject({ id: before?.id, feed_id: heir })
    expect(await ids()).toEqual(["A", "B", "C"])
  })

  test("a feed takes over nothing from itself or from a feed of no catalogue of its own", async () => {
    for (const migrated_from_feed_id of [feed, "999999999"]) {
      expect((await shop.api.post(feed, { migrated_from_feed_id })).body.error).toMatchObject({ code: 100 })
    }
    expect((await shop.api.post(`${shop.id}/product_feeds`, { name: "heir", migrated_from_feed_id: "999999999" })).body.error).toMatchObject({ code: 100 })
  })

  test("a replace deletes only within its own feed, and only there", async () => {
    const other = (await shop.api.post(`${shop.id}/product_feeds`, { name: "other" })).body.id
    await upload(csv(line("A"), line("B")))
    await upload(csv(line("C"), line("D")), {}, other)
    await upload(csv(line("A")))
    expect(await ids()).toEqual(["A", "C", "D"])
  })

  test("a supplementary feed changes items of its primary feeds, and adds and removes none", async () => {
    await upload(csv(line("A"), line("B")))
    const extra = (
      await shop.api.post(`${shop.id}/product_feeds`, {
        name: "extra",
        ingestion_source_type: "SUPPLEMENTARY_FEED",
        primary_feed_ids: [feed],
      })
    ).body.id
    const session = await upload("id,color\nA,blue\nC,red\n", {}, extra)
    expect(session).toMatchObject({ num_persisted_items: 1, num_invalid_items: 1, num_deleted_items: 0 })
    expect(await item("A")).toMatchObject({ feed_id: feed, fields: expect.objectContaining({ color: "blue" }) })
    expect(await ids()).toEqual(["A", "B"])
  })

  test("a feed deleted while its file is read leaves no items behind", async () => {
    await control().setSettings({ ingest_delay_ms: [300, 300] })
    await shop.api.post(`${feed}/uploads`, { url: host.serve("/file", csv(line("A"))) })
    await new Promise((resolve) => setTimeout(resolve, 120))
    await shop.api.delete(feed)
    await control().settle()
    expect(await ids()).toEqual([])
  })
})
