import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { request, type IncomingMessage } from "node:http"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { gunzipSync } from "node:zlib"
import { until } from "../store/until"
import { FeedStore, servedFile } from "./feed-store"
import { medusaSuite } from "./medusa-suite"

process.env.MEDUSA_WORKER_MODE = "server"
process.env.META_CATALOG_ENCRYPTION_KEY = "for tests only, never for a real store"

type Answer = { status: number; headers: IncomingMessage["headers"]; body: Buffer }
type Ask = { token?: string; file?: string; below?: string; headers?: Record<string, string>; method?: string }

medusaSuite({
  name: "feed-serving",
  seeded: true,
  testSuite: ({ api, getContainer, readFacts }) => {
    let store: FeedStore
    let body: Buffer

    beforeAll(async () => {
      store = await FeedStore.make(getContainer(), await readFacts())
      await store.build()
      body = await store.files.getAsBuffer((await served()).file_key)
    })
    afterEach(async () => await store.deleteFilesButFirst())
    afterAll(async () => await store.deleteFirstFile())

    const served = async () => (await servedFile(store.module, store.feedId))!
    const setFeed = async (change: string, values: unknown[] = []) =>
      await store.sql.raw(`update meta_catalog_feed set ${change} where id = ?`, [...(values as string[]), store.feedId])
    const fetches = async () => await store.module.listFetches({ feed_id: store.feedId }, { order: { completed_at: "ASC" } })

    function open({ token = "the-token-of-the-feed", file = `${store.feedId}.csv.gz`, below = "", headers = {}, method = "GET" }: Ask = {}) {
      const url = `${api.defaults.baseURL}${below}/meta-catalog/feeds/${token}/${file}`
      // Once there is a response, it tells of a broken connection; the request would tell it a second time, to nobody.
      return request(url, { method, headers, agent: false }).on("error", () => undefined)
    }

    async function ask(what: Ask = {}): Promise<Answer> {
      const asked = open(what)
      asked.end()
      const [response] = (await once(asked, "response")) as [IncomingMessage]
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }
    }

    /** A fetch is noted just after its last byte, so the tests may look a moment too early. */
    const fetchesAfter = async (count: number) =>
      await until(`${count} fetches are noted`, async () => {
        const noted = await fetches()
        return noted.length >= count && noted
      })

    it("sends the stored bytes, named by their hash, and nothing may compress or keep them on the way", async () => {
      const answer = await ask()
      expect(answer.status).toBe(200)
      expect(answer.body.equals(body)).toBe(true)
      expect(answer.headers).toMatchObject({
        "content-type": "application/gzip",
        "content-length": String(body.length),
        etag: `"${(await served()).sha256}"`,
        "cache-control": "private, no-cache, no-transform",
      })
      expect(answer.headers["content-encoding"]).toBeUndefined()
    })

    it("sends the plain file, packed for the connection where the client takes that", async () => {
      const file = `${store.feedId}.csv`
      const plain = await ask({ file })
      expect(plain.headers).toMatchObject({ "content-type": "text/csv; charset=utf-8", "content-length": String(plain.body.length) })
      expect(plain.body.equals(gunzipSync(body))).toBe(true)
      const packed = await ask({ file, headers: { "accept-encoding": "gzip" } })
      expect(packed.headers).toMatchObject({ "content-encoding": "gzip", "content-length": String(body.length), vary: expect.stringContaining("Accept-Encoding") })
      expect(packed.body.equals(body)).toBe(true)
      expect(new Set([plain.headers.etag, packed.headers.etag, (await ask()).headers.etag]).size).toBe(3)
    })

    it("answers 304 to who has the version, 200 again after the next build", async () => {
      const { headers } = await ask()
      const again = await ask({ headers: { "if-none-match": headers.etag! } })
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag])
      expect((await ask({ headers: { "if-modified-since": headers["last-modified"]! } })).status).toBe(304)
      await store.sql.raw("update product set title = title || ' (new)'")
      await store.build()
      expect((await ask({ headers: { "if-none-match": headers.etag! } })).status).toBe(200)
    })

    it("gives content that comes back another name: Meta took in what was between", async () => {
      const first = await ask()
      await store.sql.raw("update product set title = title || ' (between)'")
      await store.build()
      await store.sql.raw("update product set title = replace(title, ' (between)', '')")
      await store.build()
      const back = await ask({ headers: { "if-none-match": first.headers.etag! } })
      expect([back.status, back.body.equals(first.body)]).toEqual([200, true])
      await store.build()
      expect((await ask({ headers: { "if-none-match": back.headers.etag! } })).status).toBe(304)
    })

    it("believes a date only where one file has it", async () => {
      await ask()
      await store.build()
      await store.sql.raw("update meta_catalog_snapshot set published_at = '2026-11-01T12:00:00.2Z' where id = ?", [(await served()).id])
      const { headers } = await ask()
      const since = { "if-modified-since": headers["last-modified"]! }
      expect([headers["last-modified"], (await ask({ headers: since })).status]).toEqual(["Sun, 01 Nov 2026 12:00:00 GMT", 304])
      await store.sql.raw("update meta_catalog_snapshot set published_at = '2026-11-01T12:00:00.1Z' where id <> ?", [(await served()).id])
      expect((await ask({ headers: since })).status).toBe(200)
      expect((await ask({ headers: { "if-none-match": headers.etag! } })).status).toBe(304)
    })

    it("sends the part of the stored file that is asked for, and counts no part as a fetch", async () => {
      const size = body.length
      const { etag, "last-modified": date, "accept-ranges": accepts } = (await ask({ method: "HEAD" })).headers
      expect(accepts).toBe("bytes")
      const ranges: [string, number, number][] = [
        ["bytes=0-0", 0, 0],
        ["bytes=10-99", 10, 99],
        [`bytes=${size - 5}-`, size - 5, size - 1],
        ["bytes=-7", size - 7, size - 1],
        [`bytes=100-${size + 5}`, 100, size - 1],
        ["bytes=0-", 0, size - 1],
      ]
      for (const [range, first, last] of ranges) {
        for (const condition of [undefined, etag!, date!]) {
          const part = await ask({ headers: condition ? { range, "if-range": condition } : { range } })
          expect([range, part.status, part.headers["content-range"], part.headers["content-length"], part.headers.etag]).toEqual([
            range,
            206,
            `bytes ${first}-${last}/${size}`,
            String(last - first + 1),
            etag,
          ])
          expect(part.body.equals(body.subarray(first, last + 1))).toBe(true)
        }
      }
      for (const range of [`bytes=${size}-`, "bytes=-0"]) {
        const none = await ask({ headers: { range } })
        expect([none.status, none.headers["content-range"]]).toEqual([416, `bytes */${size}`])
      }
      expect((await ask({ headers: { range: "bytes=0-9", "if-none-match": etag! } })).status).toBe(304)
      expect((await ask({ headers: { range: "bytes=0-9" }, method: "HEAD" })).status).toBe(200)
      const key = { "x-publishable-api-key": store.facts.publishableKey }
      expect((await ask({ below: "/store", headers: { ...key, range: "bytes=3-5" } })).body.equals(body.subarray(3, 6))).toBe(true)
      await sleep(300)
      expect(await fetches()).toMatchObject([{ not_modified: true }])
    })

    it("sends the whole file where a part of another version or of another form is asked for, or several parts", async () => {
      const { etag } = (await ask()).headers
      const whole: Ask[] = [
        { headers: { range: "bytes=0-9", "if-range": '"another"' } },
        { headers: { range: "bytes=0-9", "if-range": `W/${etag}` } },
        { headers: { range: "bytes=0-9", "if-range": "Sun, 01 Nov 2026 12:00:00 GMT" } },
        { headers: { range: "bytes=0-1,5-6" } },
        { headers: { range: "lines=0-1" } },
      ]
      for (const what of whole) expect([what, (await ask(what)).body.length]).toEqual([what, body.length])
      const plain = await ask({ file: `${store.feedId}.csv`, headers: { range: "bytes=0-9" } })
      expect([plain.status, plain.headers["accept-ranges"], plain.body.length]).toEqual([200, "none", gunzipSync(body).length])
      await fetchesAfter(7)
    })

    it("knows nothing but its own addresses, and says the same of all others", async () => {
      const wrong: Ask[] = [
        { token: "the-token-of-the-fee" },
        { token: "the-token-of-the-feed2" },
        { token: "undefined" },
        { file: "mcfeed_none.csv.gz" },
        { file: `${store.feedId}.csv.gz.csv` },
        { file: `${store.feedId}.xml` },
        { file: store.feedId },
        { file: `..%2f${store.feedId}.csv` },
      ]
      for (const what of wrong) {
        const { status, body: text, headers } = await ask(what)
        expect([what, status, text.toString(), headers.etag]).toEqual([what, 404, "Not found", undefined])
      }
    })

    it("takes the token before the last until its time has passed", async () => {
      await setFeed("previous_token = token, token = 'rotated', previous_token_until = now() + interval '1 day'")
      expect((await ask()).status).toBe(200)
      expect((await ask({ token: "rotated" })).status).toBe(200)
      await setFeed("previous_token_until = now() - interval '1 second'")
      expect((await ask()).status).toBe(404)
    })

    it("asks for the credentials the feed has, once the token is right", async () => {
      const encrypted = store.module.secrets.encrypt("pässword:1", { rowId: store.feedId, column: "basic_password" })
      await setFeed("basic_username = 'meta', basic_password_encrypted = ?", [encrypted])
      const as = (text: string) => ({ headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` } })
      const none = await ask()
      expect([none.status, none.headers["www-authenticate"]]).toEqual([401, expect.stringContaining("Basic ")])
      for (const guess of ["meta:", "meta:pässword", ":pässword:1", "META:pässword:1"]) expect((await ask(as(guess))).status).toBe(401)
      expect((await ask(as("meta:pässword:1"))).status).toBe(200)
      expect((await ask({ ...as("meta:pässword:1"), token: "wrong" })).status).toBe(404)

      // Sealed for another feed, the password cannot be read here; that must open nothing.
      await setFeed("basic_password_encrypted = ?", [store.module.secrets.encrypt("x", { rowId: "another", column: "basic_password" })])
      expect((await ask(as("meta:x"))).status).toBe(503)
    })

    it("serves a snapshot by its name as long as its file is kept, and never one that was not published", async () => {
      const first = await served()
      await store.build()
      await store.listAll()
      await store.sql.raw("update sales_channel_stock_location set deleted_at = now() where sales_channel_id = ?", [store.facts.salesChannelId])
      const { status, snapshot_id } = await store.build()
      expect(status).toBe("held")
      expect((await ask({ file: `${first.id}.csv.gz` })).body.equals(body)).toBe(true)
      expect((await ask({ file: `${snapshot_id}.csv.gz` })).status).toBe(404)
      expect((await ask({ file: `${first.id}.csv.gz`, token: "wrong" })).status).toBe(404)
      const [fetch] = await fetchesAfter(1)
      expect(fetch).toMatchObject({ snapshot_id: first.id, named_snapshot: true })
      await store.sql.raw("update meta_catalog_snapshot set file_key = null where id = ?", [first.id])
      expect((await ask({ file: `${first.id}.csv.gz` })).status).toBe(404)
    })

    it("has a twin below /store for callers with the publishable key, who still need the token", async () => {
      const key = { "x-publishable-api-key": store.facts.publishableKey }
      expect((await ask({ below: "/store" })).status).toBe(400)
      expect((await ask({ below: "/store", headers: key, token: "wrong" })).status).toBe(404)
      expect((await ask({ below: "/store", headers: key })).body.equals(body)).toBe(true)
    })

    it("answers 503 while there is no complete file, and when the file cannot be opened", async () => {
      const { file_key } = await served()
      await setFeed("published_snapshot_id = null")
      const none = await ask()
      expect([none.status, none.headers["retry-after"], none.headers.etag]).toEqual([503, "60", undefined])
      await store.sql.raw("update meta_catalog_feed f set published_snapshot_id = s.id from meta_catalog_snapshot s where s.feed_id = f.id")
      await store.sql.raw("update meta_catalog_snapshot set file_key = file_key || '-gone'")
      const gone = await ask()
      expect([gone.status, gone.headers["retry-after"], gone.headers["content-length"]]).toEqual([503, "60", String(gone.body.length)])
      await store.sql.raw("update meta_catalog_snapshot set file_key = ?", [file_key])
      expect(await fetches()).toEqual([])
    })

    describe("a file that cannot be read to its end", () => {
      it.each<[string, string, () => Promise<unknown>]>([
        ["is shorter than promised", "csv.gz", async () => await store.sql.raw("update meta_catalog_snapshot set bytes = bytes + 1")],
        ["is longer than promised", "csv.gz", async () => await store.sql.raw("update meta_catalog_snapshot set bytes = bytes - 1")],
        ["unpacks to less than promised", "csv", async () => await store.sql.raw("update meta_catalog_snapshot set plain_bytes = plain_bytes + 1")],
        ["is no gzip file", "csv", async () => await storeAs(randomBytes(5_000))],
      ])("because it %s breaks the connection and counts as no fetch", async (_, ending, spoil) => {
        await spoil()
        await expect(ask({ file: `${store.feedId}.${ending}` })).rejects.toThrow(/aborted|socket hang up|ECONNRESET/)
        await sleep(200)
        expect(await fetches()).toEqual([])
      })

      it("resets the connection, which is an error also to a client that counts no bytes", async () => {
        await store.sql.raw("update meta_catalog_snapshot set bytes = bytes + 1")
        const { hostname, port } = new URL(api.defaults.baseURL!)
        const socket = connect({ host: hostname, port: Number(port) })
        socket.write(`GET /meta-catalog/feeds/the-token-of-the-feed/${store.feedId}.csv.gz HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
        socket.resume()
        const ended = once(socket, "end").then(() => "ended")
        const [outcome] = await Promise.allSettled([Promise.race([ended, once(socket, "close")])])
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "ECONNRESET" } })
      })

      it("breaks the connection also where a part is asked for that it does not have", async () => {
        await store.sql.raw("update meta_catalog_snapshot set bytes = bytes + 1")
        await expect(ask({ headers: { range: "bytes=-10" } })).rejects.toThrow(/aborted|socket hang up|ECONNRESET/)
        expect((await ask({ headers: { range: "bytes=0-9" } })).body.equals(body.subarray(0, 10))).toBe(true)
      })
    })

    it("notes complete fetches with time and agent, and neither HEAD nor a client that left", async () => {
      await ask({ headers: { "user-agent": "facebookexternalhit/1.1" } })
      expect(await fetchesAfter(1)).toMatchObject([{ snapshot_id: (await served()).id, named_snapshot: false, user_agent: "facebookexternalhit/1.1" }])
      const { headers } = await ask({ method: "HEAD" })
      expect(headers["content-length"]).toBe(String(body.length))
      const known = { "if-none-match": headers.etag! }
      expect([(await ask({ method: "HEAD", headers: known })).status, (await ask({ headers: { "if-none-match": "*" } })).status]).toEqual([304, 304])
      // Larger than what the sockets between us hold, so that the server is still sending when the client leaves.
      await storeAs(randomBytes(30_000_000))
      const leaving = open()
      leaving.end()
      const [response] = (await once(leaving, "response")) as [IncomingMessage]
      await once(response, "data")
      leaving.destroy()
      await sleep(500)
      expect(await fetches()).toHaveLength(1)
      await ask()
      expect(await fetchesAfter(2)).toHaveLength(2)
      // Whoever is told that the file is the one he has, has read it as well.
      await ask({ headers: { "if-none-match": `"old", ${(await ask({ method: "HEAD" })).headers.etag}`, "user-agent": "facebookexternalhit/1.1" } })
      expect((await fetchesAfter(3)).map((fetch) => fetch.not_modified)).toEqual([false, false, true])
    })

    /** Puts other bytes in the place of the served file, with their right length. */
    async function storeAs(bytes: Buffer) {
      const { writeStream, promise, fileKey } = await store.files.getUploadStream({ filename: "meta-catalog-test.csv.gz", mimeType: "application/gzip", access: "private" })
      writeStream.end(bytes)
      await promise
      await store.build()
      const { id, file_key } = await served()
      await store.files.deleteFiles([file_key])
      await store.sql.raw("update meta_catalog_snapshot set file_key = ?, bytes = ? where id = ?", [fileKey, bytes.length, id])
    }
  },
})
