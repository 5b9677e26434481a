import { randomBytes, randomInt } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { gunzipSync } from "node:zlib"
import { openFileWriter } from "../../src/feed/file-writer"
import { until } from "../store/until"
import { FeedStore, servedFile } from "./feed-store"
import { medusaSuite } from "./medusa-suite"
import { openEdge, type PublicEdge } from "./public-edge"
import { startS3, type S3Server } from "./s3-server"

process.env.MEDUSA_WORKER_MODE = "server"

/** Larger than a part of a multipart upload, which is 5 MB. */
const LARGE = 12_000_000

describe("a store whose files are in S3", () => {
  let s3: S3Server
  /** The way the store takes to S3. */
  let edge: PublicEdge
  const before: Record<string, string | undefined> = {}

  beforeAll(async () => {
    s3 = await startS3()
    edge = await openEdge(s3.port)
    const environment = { ...s3.environment, S3_PREFIX: "exports/", S3_ENDPOINT: `http://localhost:${edge.port}` }
    for (const [name, value] of Object.entries(environment)) {
      before[name] = process.env[name]
      process.env[name] = value
    }
  })
  afterAll(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    await edge.close()
    await s3.close()
  })

  medusaSuite({
    name: "feed-s3",
    seeded: true,
    testSuite: ({ api, getContainer, readFacts }) => {
      let store: FeedStore

      beforeAll(async () => {
        store = await FeedStore.make(getContainer(), await readFacts())
        await store.build()
      })
      afterEach(() => edge.disturb(null))

      const served = async () => (await servedFile(store.module, store.feedId))!
      const fetches = async () => await store.module.listFetches({ feed_id: store.feedId })
      const ask = async (headers: Record<string, string> = {}, ending = "csv.gz") => {
        const url = `${api.defaults.baseURL}/meta-catalog/feeds/the-token-of-the-feed/${store.feedId}.${ending}`
        const response = await fetch(url, { headers: { "accept-encoding": "identity", connection: "close", ...headers } })
        return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
      }
      const openTarget = async () =>
        await store.files.getUploadStream({ filename: `meta-catalog-${randomBytes(8).toString("hex")}.csv.gz`, mimeType: "application/gzip", access: "private" })

      it("builds into the bucket, privately and below the prefix, and serves what is there", async () => {
        const { file_key, bytes } = await served()
        expect(s3.keys()).toContain(file_key)
        expect(file_key).toMatch(/^exports\/meta-catalog-[0-9a-f]{32}\.csv-[0-9A-Z]{26}\.gz$/)
        expect(s3.headersOf(file_key)).toMatchObject({ "x-amz-acl": "private", "content-type": "application/gzip" })
        const stored = await ask()
        expect([stored.status, stored.headers.get("content-length"), stored.headers.get("content-encoding")]).toEqual([200, String(bytes), null])
        const plain = await ask({}, "csv")
        expect(plain.body.equals(gunzipSync(stored.body))).toBe(true)
        expect((await ask({ range: "bytes=100-299" })).body.equals(stored.body.subarray(100, 300))).toBe(true)
        expect((await ask({ "if-none-match": stored.headers.get("etag")! })).status).toBe(304)
        await until("each is noted but the part", async () => (await fetches()).length === 3)
        expect((await store.servedRows()).size).toBe(250)
      })

      it("leaves nothing of a build that is given up, neither a short object nor parts of one", async () => {
        const keys = s3.keys()
        for (const size of [1_000, LARGE]) {
          const target = await openTarget()
          const writer = openFileWriter(target)
          await writer.write(randomBytes(size / 2).toString("hex"))
          if (size === LARGE) await until("the first part is there", async () => s3.openUploads().length === 1)
          await writer.abort()
          await until("the upload is aborted", async () => s3.openUploads().length === 0, 20)
          await sleep(200)
          expect([size, s3.keys()]).toEqual([size, keys])
        }
      })

      it("fails a build that S3 does not take, and serves the file before", async () => {
        const { id } = await served()
        await edge.close()
        await expect(store.build()).rejects.toThrow()
        await edge.open()
        expect((await store.snapshots()).at(-1)).toMatchObject({ status: "failed" })
        expect([(await served()).id, (await ask()).status]).toEqual([id, 200])
      })

      it("answers 503 when the object is gone, and breaks off when it is shorter", async () => {
        await store.build()
        const { file_key, bytes } = await served()
        s3.truncate(file_key, Number(bytes) - 1)
        await expect(ask()).rejects.toThrow(/terminated|fetch failed/)
        await store.files.deleteFiles([file_key])
        const gone = await ask()
        expect([gone.status, gone.headers.get("retry-after"), gone.headers.get("etag")]).toEqual([503, "60", null])
        expect(await fetches()).toEqual([])
      })

      it("never ends an answer whose source dies, at whatever byte", async () => {
        const target = await openTarget()
        const body = randomBytes(LARGE)
        target.writeStream.end(body)
        await target.promise
        expect(s3.openUploads()).toEqual([])
        await store.sql.raw("update meta_catalog_snapshot set file_key = ?, bytes = ? where id = ?", [target.fileKey, LARGE, (await served()).id])
        for (const as of ["reset", "end"] as const) {
          for (const afterBytes of [0, randomInt(1_000), randomInt(LARGE), LARGE - 1]) {
            edge.disturb({ kind: "cut", afterBytes, as })
            const outcome = await ask().then(
              ({ status, body: got }) => (status === 503 ? "503" : `${status} with ${got.length} bytes`),
              () => "broken off"
            )
            // Before the first byte there is still an answer to give.
            expect([as, afterBytes, ["503", "broken off"]]).toEqual([as, afterBytes, expect.arrayContaining([outcome])])
          }
        }
        expect(await fetches()).toEqual([])
        edge.disturb(null)
        expect((await ask()).body.equals(body)).toBe(true)
      })

      // The last test: what it deletes is gone for all that follow, whose database begins with it.
      it("deletes files that nothing needs any more", async () => {
        const first = (await served()).file_key
        for (let count = 0; count < 2; count += 1) await store.build()
        expect(s3.keys()).toContain(first)
        await store.sql.raw("update meta_catalog_snapshot set finished_at = finished_at - interval '2 days', published_at = published_at - interval '2 days' where file_key = ?", [first])
        // The provider says nothing when S3 refuses, so that a key must not be forgotten before its object is gone.
        s3.refuseDeletes(true)
        await store.build()
        s3.refuseDeletes(false)
        expect(s3.keys()).toContain(first)
        await store.build()
        expect(s3.keys()).not.toContain(first)
        expect((await store.snapshots()).map((snapshot) => snapshot.file_key)).toEqual([null, ...Array(4).fill(expect.any(String))])
      })
    },
  })
})
