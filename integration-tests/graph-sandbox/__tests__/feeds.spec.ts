import { csv, line, openFeedHost, openLab, openShop, type FeedHost, type Lab, type Shop } from "./harness"

let lab: Lab
let host: FeedHost
let shop: Shop

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
})

const control = () => lab.sandbox.control
const create = (body: Record<string, unknown>) => shop.api.post(`${shop.id}/product_feeds`, { name: "main", ...body })

const daily = (url: string, more: Record<string, unknown> = {}) => ({
  interval: "DAILY",
  hour: 3,
  minute: 20,
  timezone: "Europe/London",
  url,
  ...more,
})

describe("feed nodes", () => {
  test("a new feed is read back with its values, Meta's defaults and no password", async () => {
    await control().setClock("2026-11-21T12:00:00Z")
    const schedule = daily("https://shop.test/full.csv.gz", { username: "meta", password: "pw-1", interval_count: 1 })
    const feed = (await create({ schedule, default_currency: "GBP", encoding: "UTF8" })).body.id
    const read = await shop.api.get(
      `${feed}?fields=id,name,country,default_currency,deletion_enabled,delimiter,encoding,ingestion_source_type,product_count,schedule,update_schedule,created_time`
    )
    expect(read.body).toEqual({
      id: feed,
      name: "main",
      country: "US",
      default_currency: "GBP",
      deletion_enabled: true,
      delimiter: "AUTODETECT",
      encoding: "UTF8",
      ingestion_source_type: "primary_feed",
      product_count: 0,
      created_time: expect.stringMatching(/^2026-11-21T12:00:0\d\+0000$/),
      schedule: {
        id: expect.any(String),
        interval: "DAILY",
        interval_count: 1,
        hour: 3,
        minute: 20,
        timezone: "Europe/London",
        url: "https://shop.test/full.csv.gz",
        username: "meta",
        status: "ACTIVE",
        next_scheduled_upload_time: "2026-11-22T03:20:00+0000",
      },
    })
    expect(JSON.stringify(await control().feeds(shop.id))).not.toContain("pw-1")
  })

  test("a schedule may come as JSON text in a form, with the hour as text", async () => {
    const form = new URLSearchParams({
      name: "by form",
      schedule: JSON.stringify({ interval: "DAILY", hour: "22", url: "https://shop.test/f.csv" }),
    })
    const feed = (await shop.api.postForm(`${shop.id}/product_feeds`, form)).body.id
    expect((await shop.api.get(`${feed}?fields=schedule`)).body.schedule.hour).toBe(22)
  })

  test("feeds are listed page by page with cursors, and a change is seen by the next read", async () => {
    const ids = [(await create({ name: "a" })).body.id, (await create({ name: "b" })).body.id, (await create({ name: "c" })).body.id]
    const first = (await shop.api.get(`${shop.id}/product_feeds?limit=2&fields=name`)).body
    expect(first.data.map((feed: { name: string }) => feed.name)).toEqual(["a", "b"])
    expect(first.paging.next).toContain("after=")
    const second = (await shop.api.get(`${shop.id}/product_feeds?limit=2&after=${first.paging.cursors.after}`)).body
    expect(second.data.map((feed: { id: string }) => feed.id)).toEqual([ids[2]])
    expect(second.paging.next).toBeUndefined()
    const back = (await shop.api.get(`${shop.id}/product_feeds?limit=2&before=${second.paging.cursors.before}`)).body
    expect(back.data.map((feed: { id: string }) => feed.id)).toEqual(ids.slice(0, 2))

    expect((await shop.api.post(ids[0], { name: "renamed", update_schedule: daily("https://shop.test/delta.csv") })).body).toEqual({
      success: true,
    })
    const changed = (await shop.api.get(`${ids[0]}?fields=name,schedule,update_schedule`)).body
    expect(changed).toMatchObject({ name: "renamed", update_schedule: { url: "https://shop.test/delta.csv" } })
    expect(changed.schedule).toBeUndefined()
  })

  test("deletion_enabled cannot be switched off once it is on", async () => {
    const feed = (await create({ deletion_enabled: false })).body.id
    expect((await shop.api.post(feed, { deletion_enabled: true })).status).toBe(200)
    expect((await shop.api.post(feed, { deletion_enabled: false })).body.error.code).toBe(100)
  })

  test.each([
    ["no name", { name: undefined }],
    ["an unknown parameter", { colour: "red" }],
    ["a currency that is none", { default_currency: "XXQ" }],
    ["a schedule without url", { schedule: { interval: "DAILY" } }],
    ["a schedule without interval", { schedule: { url: "https://shop.test/f.csv" } }],
    ["an interval that is none", { schedule: { interval: "MINUTELY", url: "https://shop.test/f.csv" } }],
    ["hour 24", { schedule: daily("https://shop.test/f.csv", { hour: 24 }) }],
    ["minute 60", { schedule: daily("https://shop.test/f.csv", { minute: 60 }) }],
    ["an unknown time zone", { schedule: daily("https://shop.test/f.csv", { timezone: "Mars/Olympus" }) }],
    ["a weekly schedule without a day", { schedule: { interval: "WEEKLY", url: "https://shop.test/f.csv" } }],
    ["a monthly schedule without a day", { schedule: { interval: "MONTHLY", url: "https://shop.test/f.csv" } }],
    ["an unknown key in the schedule", { schedule: daily("https://shop.test/f.csv", { second: 5 }) }],
    ["an address that is none", { schedule: daily("shop.test/f.csv") }],
    ["a supplementary feed without primary feeds", { ingestion_source_type: "SUPPLEMENTARY_FEED" }],
    ["a primary feed that does not exist", { ingestion_source_type: "SUPPLEMENTARY_FEED", primary_feed_ids: ["123"] }],
  ])("a feed with %s is refused with code 100 and not made", async (_case, body) => {
    expect((await create(body)).body.error.code).toBe(100)
    expect(await control().feeds(shop.id)).toEqual([])
  })

  test("deleting a feed takes its items along and no others", async () => {
    const [one, two] = [(await create({ name: "one" })).body.id, (await create({ name: "two" })).body.id]
    await shop.api.post(`${one}/uploads`, { url: host.serve("/1.csv", csv(line("A"))) })
    await shop.api.post(`${two}/uploads`, { url: host.serve("/2.csv", csv(line("B"))) })
    await control().settle()
    await control().putItems(shop.id, [{ id: "C", title: "by hand" }])
    expect((await shop.api.delete(one)).body).toEqual({ success: true })
    expect((await control().items(shop.id)).map((item) => item.retailer_id)).toEqual(["B", "C"])
    expect((await shop.api.get(one)).body.error).toMatchObject({ code: 100, error_subcode: 33 })
  })

  test("a new feed stays invisible for the time the settings name", async () => {
    await control().setSettings({ feed_visible_delay_ms: 10_000 })
    const feed = (await create({})).body.id
    expect((await shop.api.get(feed)).body.error.error_subcode).toBe(33)
    expect((await shop.api.get(`${shop.id}/product_feeds`)).body.data).toEqual([])
    await control().advanceClock(10_001)
    expect((await shop.api.get(feed)).body.id).toBe(feed)
  })

  test("upload_schedules sets and lists schedules", async () => {
    const feed = (await create({})).body.id
    await shop.api.post(`${feed}/upload_schedules`, { upload_schedule: daily("https://shop.test/f.csv", { password: "pw-2" }) })
    const listed = (await shop.api.get(`${feed}/upload_schedules`)).body.data
    expect(listed).toEqual([expect.objectContaining({ url: "https://shop.test/f.csv" })])
    expect(JSON.stringify(listed)).not.toContain("pw-2")
  })
})

describe("scheduled fetches", () => {
  test("when the clock reaches a schedule Meta's crawler fetches with Basic auth, and the next time moves on", async () => {
    await control().setClock("2026-11-21T12:00:00Z")
    const url = host.serve("/full.csv", csv(line("A")))
    const feed = (await create({ schedule: daily(url, { username: "meta", password: "pw-1" }) })).body.id
    await control().settle()
    expect(host.requests).toEqual([])
    await control().setClock("2026-11-22T03:20:30Z")
    await control().settle()
    expect(host.requests).toHaveLength(1)
    expect(host.requests[0].headers).toMatchObject({
      "user-agent": expect.stringContaining("facebookexternalhit/1.1"),
      authorization: `Basic ${Buffer.from("meta:pw-1").toString("base64")}`,
    })
    expect((await control().items(shop.id)).map((item) => item.retailer_id)).toEqual(["A"])
    expect((await control().uploads(feed))[0]).toMatchObject({ kind: "replace", input_method: "Server Fetch", filename: "full.csv" })
    expect((await control().feeds(shop.id))[0].next_replace_at).toBe("2026-11-23T03:20:00.000Z")
  })

  test("a schedule runs by itself when its time comes, without anybody asking", async () => {
    await control().setClock("2026-11-21T12:30:00.000Z")
    const url = host.serve("/hourly.csv", csv(line("A")))
    await create({ schedule: { interval: "HOURLY", url } })
    await control().setClock("2026-11-21T12:59:59.500Z")
    const deadline = Date.now() + 60_000
    while (host.requests.length === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    expect(host.requests).toHaveLength(1)
  })

  test("the update schedule changes and adds items but deletes none, the replace schedule deletes what its file lacks", async () => {
    const feed = (
      await create({
        schedule: daily(host.serve("/full.csv", csv(line("A"), line("B")))),
        update_schedule: { interval: "HOURLY", url: host.serve("/delta.csv", csv(line("C", { price: "9.00 GBP" }))) },
      })
    ).body.id
    await control().fetchFeedNow(feed, "replace")
    await control().fetchFeedNow(feed, "update")
    expect((await control().items(shop.id)).map((item) => item.retailer_id)).toEqual(["A", "B", "C"])
    host.serve("/full.csv", csv(line("A")))
    const { upload_id } = await control().fetchFeedNow(feed, "replace")
    expect((await control().items(shop.id)).map((item) => item.retailer_id)).toEqual(["A"])
    expect((await shop.api.get(`${upload_id}?fields=num_deleted_items`)).body.num_deleted_items).toBe(2)
  })

  test("once a file was taken in, the next fetch is conditional, and a 304 changes nothing and leaves no session", async () => {
    const url = host.serve("/full.csv", (request, response) => {
      if (request.headers["if-none-match"] === '"v1"') {
        response.writeHead(304).end()
      } else {
        response.writeHead(200, { etag: '"v1"', "last-modified": "Sat, 21 Nov 2026 10:00:00 GMT" }).end(csv(line("A")))
      }
    })
    const feed = (await create({ schedule: daily(url) })).body.id
    await control().fetchFeedNow(feed, "replace")
    expect(host.requests[0].headers["if-none-match"]).toBeUndefined()
    expect(await control().fetchFeedNow(feed, "replace")).toEqual({ upload_id: null })
    expect(host.requests[1].headers).toMatchObject({ "if-none-match": '"v1"', "if-modified-since": "Sat, 21 Nov 2026 10:00:00 GMT" })
    expect(await control().uploads(feed)).toHaveLength(1)
    expect((await control().feeds(shop.id))[0].last_fetch?.status).toBe("unchanged")
    await control().setSettings({ conditional_fetch: false })
    await control().fetchFeedNow(feed, "replace")
    expect(host.requests[2].headers["if-none-match"]).toBeUndefined()
    expect(await control().uploads(feed)).toHaveLength(2)
  })

  test("a schedule that changed its address does not send the old file's conditions", async () => {
    const answer = (_request: unknown, response: import("node:http").ServerResponse) =>
      void response.writeHead(200, { etag: '"v1"' }).end(csv(line("A")))
    const feed = (await create({ schedule: daily(host.serve("/a.csv", answer)) })).body.id
    await control().fetchFeedNow(feed, "replace")
    await shop.api.post(feed, { schedule: daily(host.serve("/b.csv", answer)) })
    await control().fetchFeedNow(feed, "replace")
    expect(host.requests.map(({ path, headers }) => [path, headers["if-none-match"]])).toEqual([
      ["/a.csv", undefined],
      ["/b.csv", undefined],
    ])
  })
})
