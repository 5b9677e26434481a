import { Transform } from "node:stream"
import { Modules } from "@medusajs/framework/utils"
import { parse } from "csv-parse/sync"
import type { AdminSnapshotDiff, AdminSnapshots } from "../../src/api/admin/meta-catalog/snapshot-types"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import { until } from "../store/until"
import { FeedStore, servedFile } from "./feed-store"
import { medusaSuite } from "./medusa-suite"

// No jobs: a build of theirs in the middle of a test would be one too many.
process.env.MEDUSA_WORKER_MODE = "server"

medusaSuite({
  name: "feed-diff",
  seeded: true,
  testSuite: ({ getContainer, readFacts, api }) => {
    let store: FeedStore

    beforeAll(async () => {
      store = await FeedStore.make(getContainer(), await readFacts())
      await store.build()
    })
    afterEach(async () => await store.deleteFilesButFirst())
    afterAll(async () => await store.deleteFirstFile())

    const admin = () => ({ auth: { username: store.facts.secretKey, password: "" }, validateStatus: () => true })
    const get = async (path: string) => await api.get(`/admin/meta-catalog${path}`, admin())
    const post = async (path: string) => await api.post(`/admin/meta-catalog${path}`, {}, admin())
    const newest = async () => (await store.snapshots()).at(-1)!
    const sql = async (statement: string) => await store.sql.raw(statement)

    async function diffOf(snapshotId: string): Promise<AdminSnapshotDiff> {
      return await until("the comparison has ended", async () => {
        const { diff } = (await get(`/snapshots/${snapshotId}/diff`)).data as { diff: AdminSnapshotDiff }
        return diff.status !== "computing" && diff
      })
    }

    const notices = async () => await getContainer().resolve(Modules.NOTIFICATION).listNotifications({ channel: "feed" })

    describe("a file that loses the values of a column", () => {
      const loseGtins = async () => await sql("update product_variant set ean = null, upc = null, barcode = null")

      it("is held and said once; how it differs is seen and downloaded before a person releases it", async () => {
        const before = await store.servedRows()
        const withGtin = [...before.values()].filter((row) => row.gtin !== "").map((row) => row.id).sort()
        expect(withGtin.length).toBeGreaterThan(200)
        await loseGtins()
        const noticed = (await notices()).length
        expect(await store.build()).toMatchObject({ status: "held", rows: before.size })
        expect(await store.build()).toMatchObject({ status: "held" })
        const held = await newest()
        expect(held.hold_reason).toContain(`gtin (${withGtin.length} rows before, 0 now)`)
        expect(held.filled).toMatchObject({ gtin: 0, id: before.size, title: before.size })
        const said = await notices()
        expect(said).toHaveLength(noticed + 1)
        expect(said.map(({ data }) => data?.description)).toContainEqual(expect.stringContaining("gtin"))
        expect(await store.servedRows()).toEqual(before)

        const [served] = await store.snapshots()
        expect((await get(`/snapshots/${held.id}/diff`)).data.diff).toMatchObject({ status: "none", summary: null, can_download: true, against: { id: served.id, number: 1 } })
        const asked = await Promise.all([post(`/snapshots/${held.id}/diff`), post(`/snapshots/${held.id}/diff`)])
        for (const { status, data } of asked) expect([status, data.diff.status]).toEqual(data.diff.status === "done" ? [200, "done"] : [202, "computing"])
        const diff = await diffOf(held.id)
        expect(diff).toMatchObject({
          status: "done",
          message: null,
          computed_at: expect.any(String),
          summary: {
            added: 0,
            removed: 0,
            changed: withGtin.length,
            unchanged: before.size - withGtin.length,
            columns: [{ column: "gtin", rows: withGtin.length, filled: 0, cleared: withGtin.length }],
          },
        })
        for (const { kind, retailer_id, title, cells } of diff.summary!.samples) {
          const row = before.get(retailer_id)!
          expect([kind, title, cells]).toEqual(["changed", row.title, [{ column: "gtin", before: row.gtin, after: "" }]])
        }
        expect(diff.summary!.samples).toHaveLength(20)

        const download = await get(`/snapshots/${held.id}/diff.csv`)
        expect(download.status).toBe(200)
        expect(download.headers).toMatchObject({ "content-type": "text/csv; charset=utf-8", "content-disposition": expect.stringContaining("attachment") })
        const lines: Record<string, string>[] = parse(download.data, { columns: true, bom: true })
        expect(lines.map((line) => line.retailer_id).sort()).toEqual(withGtin)
        for (const line of lines) expect(line).toEqual({ retailer_id: line.retailer_id, kind: "changed", column: "gtin", before: before.get(line.retailer_id)!.gtin, after: "" })

        const released = (await post(`/feeds/${store.feedId}/release`)).data.feed as AdminFeed
        expect(released.published).toMatchObject({ id: held.id, status: "ready" })
        expect((await post(`/snapshots/${held.id}/diff`)).data.diff).toEqual(diff)
        expect(await store.build()).toMatchObject({ status: "ready" })
      })

      it("is published where its source was taken away by a person's setting, and not where it only happened to go", async () => {
        const setCategory = async (id: string | null) =>
          await api.post(`/admin/meta-catalog/catalogs/${store.catalogId}`, { google_product_category: id }, { ...admin(), validateStatus: (status) => status === 200 })
        await sql("update product set metadata = null")
        await setCategory("212")
        expect(await store.build()).toMatchObject({ status: "ready" })
        const { filled, rows } = await newest()
        expect(filled).toMatchObject({ google_product_category: rows })
        await setCategory(null)
        expect(await store.build()).toMatchObject({ status: "ready" })
        expect((await newest()).filled).toMatchObject({ google_product_category: 0 })

        await sql("update product set metadata = '{\"google_product_category\": \"212\"}'")
        expect(await store.build()).toMatchObject({ status: "ready" })
        await sql("update product set metadata = null")
        expect(await store.build()).toMatchObject({ status: "held" })
        expect((await newest()).hold_reason).toContain("google_product_category")

        await store.module.columns.saveColumns({ catalogId: store.catalogId, columns: ["gtin", "google_product_category"].map((field) => ({ id: `mccol_${field}`, field, source: [] })) })
        expect(await store.build()).toMatchObject({ status: "ready" })
        expect((await newest()).filled).toMatchObject({ gtin: 0, google_product_category: 0 })
      })

      it("is held as well where it is a supplementary feed's, whose empty cells clear", async () => {
        await store.listAll()
        const columns = ["brand", "product_type"]
        const supplement = { kind: "supplementary" as const, catalog_id: store.catalogId, name: "More", schedule: {}, token: "more" }
        const { id } = await store.module.createFeeds({ ...supplement, columns: columns as never, primary_feed_ids: [store.feedId] as never })
        const more = new FeedStore(store.container, store.facts, store.catalogId, id)
        const { status, rows } = await more.build()
        expect([status, (await more.snapshots())[0].filled]).toEqual(["ready", { brand: rows, product_type: rows }])
        await sql("delete from product_category_product")
        await sql("update product set type_id = null")
        expect(await more.build()).toMatchObject({ status: "held" })
        const [served, held] = await more.snapshots()
        expect(held.hold_reason).toContain(`product_type (${rows} rows before, 0 now)`)
        await store.files.deleteFiles([served.file_key!, held.file_key!])
      })

      it("is let through with a mass change that a person has released", async () => {
        await loseGtins()
        await store.module.catalogs.releaseBrake({ catalogId: store.catalogId })
        expect(await store.build()).toMatchObject({ status: "ready" })
      })
    })

    it("a file of which the file provider loses a part without saying so is not published", async () => {
      const served = await servedFile(store.module, store.feedId)
      const open = store.files.getUploadStream.bind(store.files)
      const upload = jest.spyOn(store.files, "getUploadStream").mockImplementationOnce(async (target) => {
        const real = await open(target)
        const lossy = new Transform({ transform: (chunk: Buffer, _, done) => done(null, chunk.subarray(0, chunk.length - 1)) })
        lossy.pipe(real.writeStream)
        return { ...real, writeStream: lossy }
      })
      await expect(store.build()).rejects.toThrow(/has stored \d+ of \d+ bytes/)
      upload.mockRestore()
      expect(await newest()).toMatchObject({ status: "failed", error: expect.stringContaining("the file was not published") })
      expect(await servedFile(store.module, store.feedId)).toEqual(served)
      await store.files.deleteFiles([(await newest()).file_key!]).catch(() => undefined)
    })

    it("what was added, removed and changed is told across formats, and files that are gone are said to be", async () => {
      const [first] = await store.snapshots()
      const before = await store.servedRows()
      expect((await post(`/snapshots/${first.id}/diff`)).data.diff).toMatchObject({
        status: "unavailable",
        against: null,
        can_download: false,
        message: expect.stringContaining("No file was published before this one"),
      })
      expect((await get("/snapshots/mcsnap_none/diff")).status).toBe(404)

      const [left, renamed, ...others] = [...before.values()].filter((row) => row.item_group_id === "" && row.gtin !== "")
      expect(others.length).toBeGreaterThan(0)
      await store.sql.raw("delete from meta_catalog_item where retailer_id = ?", [left.id])
      await store.sql.raw("update product set status = 'draft' where id = (select product_id from product_variant where sku = ?)", [left.id])
      await store.sql.raw("update product set title = 'A new title' where id = (select product_id from product_variant where sku = ?)", [renamed.id])
      await sql("update meta_catalog_feed set format = 'atom'")
      const { snapshot_id } = await store.build()
      await post(`/snapshots/${snapshot_id}/diff`)
      const { summary, against } = await diffOf(snapshot_id!)
      expect(against).toMatchObject({ number: 1, format: "csv", rows: before.size })
      expect(summary).toMatchObject({ added: 0, removed: 1, changed: 1, unchanged: before.size - 2 })
      expect(summary!.columns.map(({ column }) => column)).toEqual(expect.arrayContaining(["title"]))
      expect(summary!.samples.find(({ kind }) => kind === "removed")).toEqual({ kind: "removed", retailer_id: left.id, title: left.title, cells: [] })
      expect(summary!.samples.find(({ kind }) => kind === "changed")).toMatchObject({
        retailer_id: renamed.id,
        title: "A new title",
        cells: expect.arrayContaining([{ column: "title", before: renamed.title, after: "A new title" }]),
      })

      // Two more, and a day: the first file goes.
      await store.build()
      const second = await newest()
      await store.build()
      const third = await newest()
      await store.sql.raw("update meta_catalog_snapshot set rows = rows + 1 where id = ?", [third.id])
      await post(`/snapshots/${third.id}/diff`)
      expect(await diffOf(third.id)).toMatchObject({ status: "failed", message: `File 4 has ${third.rows} rows instead of the ${third.rows + 1} that were written.` })
      await store.files.deleteFiles([third.file_key!])
      await post(`/snapshots/${third.id}/diff`)
      expect(await diffOf(third.id)).toMatchObject({ status: "failed", message: "File 4 cannot be read from the store of files.", summary: null })
      expect((await get(`/snapshots/${third.id}/diff.csv`)).status).toBe(404)
      await sql("update meta_catalog_snapshot set finished_at = finished_at - interval '25 hours' where status = 'superseded'")
      const expired = await store.module.snapshots.listExpiredFiles()
      expect(expired.map((file) => file.snapshot_id).sort()).toEqual([first.id, snapshot_id].sort())
      await store.module.snapshots.forgetFiles({ snapshotIds: expired.map((file) => file.snapshot_id) })
      await store.files.deleteFiles(expired.filter((file) => file.snapshot_id !== first.id).map((file) => file.file_key))
      expect(await diffOf(snapshot_id!)).toMatchObject({ status: "done", can_download: false, summary })
      expect((await get(`/snapshots/${snapshot_id}/diff.csv`)).status).toBe(404)
      expect((await post(`/snapshots/${second.id}/diff`)).data.diff).toMatchObject({ status: "unavailable", message: expect.stringContaining("File 2 has been deleted") })
    })

    it("files of a feed are listed with their figures", async () => {
      await store.rebuilt()
      const [first, second] = await store.snapshots()
      for (const notModified of [false, false, true]) {
        await store.module.fetches.recordFetch({ feedId: store.feedId, snapshotId: first.id, namedSnapshot: false, notModified, userAgent: null })
      }
      const page = (await get(`/feeds/${store.feedId}/snapshots?limit=1&offset=1`)).data as AdminSnapshots
      expect(page).toMatchObject({ count: 2, limit: 1, offset: 1, snapshots: [{ id: first.id, status: "superseded", fetches: 2, not_modified: 1, has_file: true }] })
      const [entry] = page.snapshots
      expect(entry).toMatchObject({ rows: first.rows, scanned: first.scanned, format: "csv", filled: first.filled, hold_reason: null, last_fetched_at: expect.any(String) })
      expect(entry.plain_bytes).toBeGreaterThan(entry.bytes!)
      expect(entry.build_seconds).toBeGreaterThan(0)
      const { published } = (await get(`/feeds/${store.feedId}`)).data.feed as AdminFeed
      expect(published).toMatchObject({ id: second.id, build_seconds: expect.any(Number) })
      expect((await get("/feeds/mcfeed_none/snapshots")).status).toBe(404)
      expect((await get(`/feeds/${store.feedId}/snapshots?limit=101`)).status).toBe(400)
    })
  },
})
