import { GraphError } from "../graph-error"
import { createFeed, deleteFeed, listFeeds, readFeed, updateFeed, type FeedSchedule } from "../product-feeds"
import { clientFor, collect, hangUp, raw, refusal, rejection, ScriptedServer, type Answer } from "./scripted-server"

let server: ScriptedServer

async function serve(...script: Answer[]) {
  server = await ScriptedServer.start(...script)
  return clientFor(server)
}

afterEach(() => server.stop())

const schedule: FeedSchedule = {
  interval: "DAILY",
  hour: 3,
  minute: 20,
  timezone: "Europe/London",
  url: "https://shop.test/meta-catalog/feeds/0123456789abcdef/full.csv.gz",
  username: "meta",
  password: "pw-of-the-feed",
}

describe("createFeed", () => {
  it("sends Meta's names and leaves out what was not given", async () => {
    const client = await serve(raw('{"id":12345678901234567891}'))
    const created = await createFeed(client, {
      metaCatalogId: "880012",
      name: "Kiln",
      schedule,
      updateSchedule: { interval: "HOURLY", url: "https://shop.test/update.csv" },
      country: "GB",
      defaultCurrency: "GBP",
      deletionEnabled: true,
      encoding: "UTF8",
      delimiter: "COMMA",
      quotedFieldsMode: "on",
    })
    expect(created).toEqual({ id: "12345678901234567891", objections: [] })
    expect(server.received[0].url.pathname).toBe("/v26.0/880012/product_feeds")
    expect(JSON.parse(server.received[0].body)).toEqual({
      name: "Kiln",
      schedule,
      update_schedule: { interval: "HOURLY", url: "https://shop.test/update.csv" },
      country: "GB",
      default_currency: "GBP",
      deletion_enabled: true,
      encoding: "UTF8",
      delimiter: "COMMA",
      quoted_fields_mode: "on",
    })
    await createFeed(client, { metaCatalogId: "880012", name: "Bare" })
    expect(JSON.parse(server.received[1].body)).toEqual({ name: "Bare" })
  })

  it.each([
    [{ primaryFeedIds: ["1", "2"] }, { ingestion_source_type: "SUPPLEMENTARY_FEED", primary_feed_ids: ["1", "2"] }],
    [{ override: { type: "country" as const, value: "GB", fields: ["price"] } }, { override_type: "country", override_value: "GB", selected_override_fields: ["price"] }],
    [{ override: { type: "language" as const, value: "fr_XX" } }, { override_type: "language", override_value: "fr_XX" }],
    [{ updateOnly: true }, { update_only: true }],
    [{ updateOnly: false }, {}],
  ])("says what a feed is: %j", async (kind, told) => {
    const client = await serve({ id: "90417" })
    await createFeed(client, { metaCatalogId: "880012", name: "Kiln", ...kind })
    expect(JSON.parse(server.received[0].body)).toEqual({ name: "Kiln", ...told })
  })

  it.each([
    ['{"data":[{"id":11},{"id":"12"}]}', ["11", "12"]],
    ['["11","12"]', ["11", "12"]],
    ['[{"id":"11"}]', ["11"]],
  ])("reads what a feed is, with primary feeds as %s", async (primary, ids) => {
    const client = await serve(raw(`{"id":"1","ingestion_source_type":"SUPPLEMENTARY_FEED","override_type":"COUNTRY","primary_feeds":${primary}}`))
    await expect(readFeed(client, { metaFeedId: "1" })).resolves.toMatchObject({ ingestionSourceType: "supplementary_feed", overrideType: "country", primaryFeedIds: ids })
  })

  it("hands over what Meta objected to beside the feed it made", async () => {
    const client = await serve({ id: "90417", errors: [{ error_subcode: 1, invalid_attribute: "schedule", error_message: "hour is wrong" }, {}] })
    await expect(createFeed(client, { metaCatalogId: "880012", name: "Kiln" })).resolves.toEqual({
      id: "90417",
      objections: [
        { subcode: 1, attribute: "schedule", message: "hour is wrong" },
        { subcode: null, attribute: null, message: "" },
      ],
    })
  })

  it("is not sent twice when its reply is lost", async () => {
    const client = await serve(hangUp(), { id: "90417" })
    expect(await rejection(createFeed(client, { metaCatalogId: "880012", name: "Kiln" }), GraphError)).toMatchObject({ outcome: "unknown" })
    expect(server.received).toHaveLength(1)
  })

  it("keeps the feed's secret address and its password out of errors", async () => {
    const message = `Cannot fetch ${schedule.url} as meta:${schedule.password}`
    const client = await serve(refusal({ code: 100, message, error_user_msg: message }))
    const error = await rejection(createFeed(client, { metaCatalogId: "880012", name: "Kiln", schedule }), GraphError)
    expect(JSON.stringify(error) + error.message).not.toMatch(/0123456789abcdef|pw-of-the-feed/)
  })
})

describe("listFeeds and readFeed", () => {
  it("read feeds with numeric ids, numbers as text and schedules", async () => {
    const client = await serve(
      raw(`{"data":[{"id":12345678901234567891,"name":"Kiln","created_time":"2027-02-03T04:05:06+0000","default_currency":"GBP",
        "deletion_enabled":true,"product_count":1195,"quoted_fields_mode":"autodetect",
        "schedule":{"id":77,"interval":"DAILY","interval_count":1,"hour":"22","minute":20,"timezone":"Europe/London","url":"https://shop.test/f","username":"meta"}},
        {"id":"2"}]}`)
    )
    await expect(collect(listFeeds(client, { metaCatalogId: "880012" }))).resolves.toEqual([
      {
        id: "12345678901234567891",
        name: "Kiln",
        ingestionSourceType: null,
        overrideType: null,
        primaryFeedIds: [],
        country: null,
        defaultCurrency: "GBP",
        deletionEnabled: true,
        encoding: null,
        delimiter: null,
        quotedFieldsMode: "autodetect",
        productCount: 1195,
        createdAt: new Date("2027-02-03T04:05:06Z"),
        schedule: {
          id: "77",
          interval: "DAILY",
          intervalCount: 1,
          hour: 22,
          minute: 20,
          timezone: "Europe/London",
          dayOfWeek: null,
          dayOfMonth: null,
          url: "https://shop.test/f",
          username: "meta",
        },
        updateSchedule: null,
      },
      expect.objectContaining({ id: "2", name: null, schedule: null, productCount: null }),
    ])
  })

  it("give null for a feed Meta does not know", async () => {
    const client = await serve(refusal({ code: 100, error_subcode: 33 }))
    await expect(readFeed(client, { metaFeedId: "90417" })).resolves.toBeNull()
  })

  it("do not take a refused token for a missing feed", async () => {
    const client = await serve(refusal({ code: 190 }, 401))
    expect(await rejection(readFeed(client, { metaFeedId: "90417" }), GraphError)).toMatchObject({ code: 190 })
  })
})

describe("updateFeed and deleteFeed", () => {
  it("change only what is given", async () => {
    const client = await serve({ success: true })
    await updateFeed(client, { metaFeedId: "90417", schedule })
    await deleteFeed(client, { metaFeedId: "90417" })
    expect(server.received.map(({ method, url, body }) => [method, url.pathname, body && JSON.parse(body)])).toEqual([
      ["POST", "/v26.0/90417", { schedule }],
      ["DELETE", "/v26.0/90417", ""],
    ])
  })
})
