import { gzipSync } from "node:zlib"
import { csv, line, openFeedHost, openLab, openShop, type FeedHost, type Lab, type Shop } from "./harness"

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

const control = () => lab.sandbox.control
const stored = async () => (await control().items(shop.id)).map((item) => item.retailer_id)
const fetchNow = () => control().fetchFeedNow(feed, "replace")
const newest = async () => (await control().uploads(feed)).at(-1)!

/** Two items are stored, from `/feed.csv.gz`. */
beforeEach(async () => {
  await control().reset()
  host.requests.length = 0
  shop = await openShop(lab.sandbox)
  const url = host.serve("/feed.csv.gz", gzipSync(csv(line("A"), line("B"))))
  feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main", schedule: { interval: "DAILY", url, username: "meta", password: "pw" } })).body.id
  await fetchNow()
  expect(await stored()).toEqual(["A", "B"])
})

describe("a file that does not arrive as it is", () => {
  const short = csv(line("A"))

  test.each<[string, Record<string, string>, Buffer]>([
    ["shorter than its Content-Length", { "content-length": String(short.length + 100) }, Buffer.from(short)],
    ["chunked and never ended", { "transfer-encoding": "chunked" }, Buffer.from(short)],
    ["packed for the connection and cut", { "content-encoding": "gzip" }, gzipSync(short).subarray(0, -10)],
    ["packed in a way nobody asked for", { "content-encoding": "br" }, Buffer.from(short)],
  ])("a body that is %s fails and changes nothing", async (name, headers, body) => {
    const complete = name.startsWith("packed")
    host.serve("/feed.csv.gz", (_request, response) => {
      response.writeHead(200, headers)
      response.write(body, () => (complete ? response.end() : response.socket?.end()))
    })
    await fetchNow()
    expect(await newest()).toMatchObject({ failed: true, num_deleted_items: 0, errors: [{ summary: expect.stringMatching(/Couldn't Be Fetched/) }] })
    expect(await stored()).toEqual(["A", "B"])
  })

  test("a gzip file that ends early, whole as far as HTTP goes, is refused as a file", async () => {
    const whole = gzipSync(csv(line("A"), line("C")))
    for (const length of [whole.length - 1, whole.length - 8, Math.floor(whole.length / 2), 12]) {
      host.serve("/feed.csv.gz", whole.subarray(0, length))
      await fetchNow()
      expect([length, await newest()]).toEqual([length, expect.objectContaining({ failed: true, num_deleted_items: 0 })])
      expect(await stored()).toEqual(["A", "B"])
    }
  })

  test("plain text that ends at a line is a file like any other: what it lacks is deleted", async () => {
    host.serve("/feed.csv.gz", short)
    await fetchNow()
    expect(await stored()).toEqual(["A"])
  })

  test("where what has come counts as the file, a cut one deletes, but not if it is gzip", async () => {
    await control().setSettings({ broken_transfer: "take" })
    const cut = (body: Buffer, at: number) =>
      host.serve("/feed.csv.gz", (_request, response) => {
        response.writeHead(200, { "content-length": body.length })
        response.write(body.subarray(0, at), () => setTimeout(() => response.socket?.end(), 50))
      })
    const packed = gzipSync(csv(line("A"), line("B"), line("C")))
    cut(packed, packed.length - 1)
    await fetchNow()
    expect([(await newest()).failed, await stored()]).toEqual([true, ["A", "B"]])
    cut(Buffer.from(csv(line("A"), line("B"))), csv(line("A")).length)
    await fetchNow()
    expect(await stored()).toEqual(["A"])
  })

  test("an origin slower than the fetcher's patience fails", async () => {
    await control().setSettings({ fetch_timeout_ms: 300 })
    host.serve("/feed.csv.gz", (_request, response) => void response.writeHead(200).write("id,"))
    await fetchNow()
    expect(await newest()).toMatchObject({ failed: true })
    host.serve("/feed.csv.gz", () => undefined)
    await fetchNow()
    expect(await stored()).toEqual(["A", "B"])
  })
})

describe("redirects", () => {
  test("are not followed, or with the credentials on the same host only", async () => {
    const other = await openFeedHost()
    const elsewhere = other.serve("/new.csv", csv(line("A"), line("D")))
    const to = (location: string) => host.serve("/feed.csv.gz", (_request, response) => void response.writeHead(302, { location }).end())
    host.serve("/near.csv", csv(line("A"), line("C")))
    to("/near.csv")
    await fetchNow()
    expect([(await newest()).failed, await stored()]).toEqual([true, ["A", "B"]])
    await control().setSettings({ follow_redirects: true })
    await fetchNow()
    expect(await stored()).toEqual(["A", "C"])
    expect(host.requests.at(-1)).toMatchObject({ path: "/near.csv", headers: { authorization: expect.stringMatching(/^Basic/) } })
    to(elsewhere)
    await fetchNow()
    expect(await stored()).toEqual(["A", "D"])
    expect(other.requests.at(-1)!.headers.authorization).toBeUndefined()
    await other.close()
  })
})

describe("an unchanged file", () => {
  const answering = (etag: string, body: string) =>
    host.serve("/feed.csv.gz", (request, response) => {
      if (request.headers["if-none-match"] === etag) response.writeHead(304).end()
      else response.writeHead(200, { etag }).end(body)
    })

  test("leaves no session, an empty one, or takes the file of before in again", async () => {
    answering('"v1"', csv(line("A", { title: "One" }), line("B")))
    await fetchNow()
    const before = (await control().uploads(feed)).length
    const retitle = (title: string) => control().putItems(shop.id, [{ id: "A", title }])

    expect(await fetchNow()).toEqual({ upload_id: null })
    expect(await control().uploads(feed)).toHaveLength(before)
    await control().setSettings({ unchanged_fetch: "empty_session" })
    await retitle("Two")
    await fetchNow()
    expect(await newest()).toMatchObject({ failed: false, num_detected_items: 0, num_deleted_items: 0, errors: [], end_time: expect.any(String), filename: "feed.csv.gz" })
    expect((await control().item(shop.id, "A"))!.title).toBe("Two")

    await control().setSettings({ unchanged_fetch: "same_file" })
    for (let count = 0; count < 2; count += 1) {
      await retitle("Three")
      await fetchNow()
      expect(await newest()).toMatchObject({ failed: false, num_detected_items: 2, num_persisted_items: 2 })
      expect((await control().item(shop.id, "A"))!.title).toBe("One")
    }
    expect(await control().uploads(feed)).toHaveLength(before + 3)
  })

  test("is not asked for after a file that was refused", async () => {
    answering('"v1"', "")
    await fetchNow()
    expect(await newest()).toMatchObject({ failed: true })
    await fetchNow()
    expect(host.requests.at(-1)!.headers["if-none-match"]).toBeUndefined()
  })
})
