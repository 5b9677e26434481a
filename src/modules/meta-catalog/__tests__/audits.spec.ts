import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import type { PageItem } from "../audits/audit-comparison"
import type { AuditRun } from "../audits/audits"
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, moveClock, OPTIONS, PUBLIC_URL } from "./given"

const LONG_AGO = new Date(Date.now() - 3_600_000)
/** An item that Meta acknowledged an hour ago and that nothing has touched since. */
const AT_REST = {
  listed_at: LONG_AGO, sent_at: LONG_AGO, acknowledged_at: LONG_AGO,
  wanted_quantity: 5, wanted_availability: "in stock", sent_quantity: 5, sent_availability: "in stock",
  acknowledged_quantity: 5, acknowledged_availability: "in stock",
}

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const OWN_FEED = "77"
    const held = (retailer_id: string, patch: Partial<PageItem> = {}): PageItem => ({
      retailer_id, quantity: 5, availability: "in stock", visibility: "published", feed_id: OWN_FEED, ...patch,
    })

    async function given(count: number, patch: Record<string, unknown> = {}) {
      const catalog = await givenCatalog(service, { audit_requested_at: new Date() })
      await service.updateFeeds([{ id: catalog.feedId, meta_feed_id: OWN_FEED }])
      const itemIds = await givenItems(service, { ...catalog, count }, { ...AT_REST, ...patch })
      return { ...catalog, itemIds }
    }

    const take = (catalogId: string, owner: string) => service.audits.takeAudit({ catalogId, owner, publicUrl: PUBLIC_URL, pageSize: 500 })
    const record = (catalogId: string, owner: string, run: AuditRun, step: { seen?: string[]; repair?: { item_id: string; reason: string }[] } = {}) =>
      service.audits.recordAudit({ catalogId, owner }, { run, seen: step.seen ?? [], repair: step.repair ?? [], priority: 10 })
    const compare = (catalogId: string, ...page: PageItem[]) => service.audits.comparePage({ catalogId, page })

    describe("a run", () => {
      it("begins where one was asked for, with the request cleared before anything is read", async () => {
        const { catalogId } = await given(0)
        expect(await service.audits.listOpenAudits({ publicUrl: PUBLIC_URL })).toContain(catalogId)
        expect(await take(catalogId, "a")).toMatchObject({ phase: "pages", cursor: null, page_size: 500, failures: 0, counts: { agree: 0 } })
        expect((await service.retrieveCatalog(catalogId)).audit_requested_at).toBeNull()
        expect(await service.audits.listOpenAudits({ publicUrl: PUBLIC_URL })).not.toContain(catalogId)
      })

      it.each<[string, Record<string, unknown>]>([
        ["asked for none", { audit_requested_at: null }],
        ["is paused", { state: "paused" }],
        ["belongs to another address", { public_url: "https://copy.test" }],
        ["was asked for quiet by Meta", { quiet_until: new Date(Date.now() + 60_000) }],
      ])("does not begin for a catalogue that %s", async (_name, patch) => {
        const { catalogId } = await given(0)
        await service.updateCatalogs([{ id: catalogId, ...patch }])
        expect(await take(catalogId, "a")).toBeNull()
        expect(await service.audits.listOpenAudits({ publicUrl: PUBLIC_URL })).not.toContain(catalogId)
      })

      it("has one worker, and begins while the batch bucket is throttled, which is not its own", async () => {
        const { catalogId } = await given(0)
        await service.catalogs.throttleCatalog({ catalogId, waitMs: 600_000 })
        const taken = await Promise.all(["a", "b", "c", "d"].map((owner) => take(catalogId, owner)))
        expect(taken.filter(Boolean)).toHaveLength(1)
      })

      it("goes on at its cursor after its worker went silent, whose later words count for nothing", async () => {
        const { catalogId, itemIds } = await given(2)
        const run = (await take(catalogId, "dead"))!
        expect(await record(catalogId, "dead", { ...run, cursor: "c7", calls: 7 }, { seen: ["SKU-1"] })).toBe(true)
        expect(await take(catalogId, "next")).toBeNull()
        await moveClock(service, "6 minutes")
        expect(await service.audits.listOpenAudits({ publicUrl: PUBLIC_URL })).toContain(catalogId)
        const resumed = (await take(catalogId, "next"))!
        expect(resumed).toMatchObject({ cursor: "c7", calls: 7, started_at: run.started_at })

        expect(await record(catalogId, "dead", { ...run, cursor: "c8" }, { seen: ["SKU-2"], repair: [{ item_id: itemIds[0], reason: "x" }] })).toBe(false)
        expect(await service.audits.concludeAudit({ catalogId, owner: "dead" })).toBeNull()
        expect(await service.audits.giveUpAudit({ catalogId, owner: "dead" })).toBe(false)
        expect(await service.retrieveItem(itemIds[0])).toMatchObject({ due_at: null })
        expect((await service.retrieveCatalog(catalogId)).audit_run).toMatchObject({ cursor: "c7", owner: "next" })
        expect(await service.audits.listAbsent({ catalogId, limit: 9 })).toEqual(["SKU-2"])
      })

      it("that was put down is taken up at once, or after its wait", async () => {
        const { catalogId } = await given(0)
        const run = (await take(catalogId, "a"))!
        await service.audits.putDownAudit({ catalogId, owner: "a" }, { run: { ...run, cursor: "c1" }, waitMs: 0 })
        expect(await take(catalogId, "b")).toMatchObject({ cursor: "c1" })
        await service.audits.putDownAudit({ catalogId, owner: "b" }, { run: { ...run, cursor: "c2", error: "busy" }, waitMs: 120_000 })
        expect(await take(catalogId, "c")).toBeNull()
        await moveClock(service, "3 minutes")
        expect(await take(catalogId, "c")).toMatchObject({ cursor: "c2", error: "busy" })
      })

      it("keeps a request that comes while it runs for another one", async () => {
        const { catalogId } = await given(0)
        await take(catalogId, "a")
        await service.audits.requestAudits({ catalogIds: [catalogId] })
        await service.audits.concludeAudit({ catalogId, owner: "a" })
        expect(await take(catalogId, "b")).toMatchObject({ phase: "pages", cursor: null })
      })

      it("ends with what it counted, the items it could not look at, and without the issues it did not find again", async () => {
        const { catalogId } = await given(3)
        const [moving] = await service.listItems({ catalog_id: catalogId, retailer_id: "SKU-3" })
        await service.updateItems([{ id: moving.id, due_at: new Date() }])
        const issue = { catalog_id: catalogId, source: "audit" as const, severity: "warning" as const, code: "audit_below", title: "t", message: "m" }
        await service.issues.storeIssues([{ ...issue, retailer_id: "SKU-1" }, { ...issue, retailer_id: "OTHER", source: "check" }])
        await moveClock(service, "1 second")
        const run = (await take(catalogId, "a"))!
        await moveClock(service, "2 seconds")
        await service.issues.storeIssues([{ ...issue, retailer_id: "SKU-2" }])
        await record(catalogId, "a", { ...run, counts: { ...run.counts, agree: 4, skipped: 1 }, calls: 3, sources: { "9": { name: "other", items: 2 } } }, { seen: ["SKU-1"] })

        const result = await service.audits.concludeAudit({ catalogId, owner: "a" })
        expect(result).toMatchObject({ agree: 4, skipped: 2, unconfirmed: 1, calls: 3, sources: { "9": { name: "other", items: 2 } }, started_at: run.started_at })
        const catalog = await service.retrieveCatalog(catalogId)
        expect(catalog).toMatchObject({ audit_run: null, audit: result })
        expect(catalog.audited_at).not.toBeNull()
        const left = await service.listIssues({ catalog_id: catalogId }, { order: { retailer_id: "ASC" } })
        expect(left.map((row) => row.retailer_id)).toEqual(["OTHER", "SKU-2"])
        expect(await service.listAuditedItems({ catalog_id: catalogId })).toEqual([])
      })

      it("that is given up leaves what the last one found", async () => {
        const { catalogId } = await given(1)
        await service.updateCatalogs([{ id: catalogId, audit: { agree: 9 } }])
        const run = (await take(catalogId, "a"))!
        await record(catalogId, "a", run, { seen: ["SKU-1"] })
        expect(await service.audits.giveUpAudit({ catalogId, owner: "a" })).toBe(true)
        expect(await service.retrieveCatalog(catalogId)).toMatchObject({ audit_run: null, audit: { agree: 9 }, audited_at: null })
        expect(await service.listAuditedItems({ catalog_id: catalogId })).toEqual([])
        expect(await take(catalogId, "b")).toBeNull()
      })

      it("is forgotten with its catalogue", async () => {
        const { catalogId } = await given(1)
        await record(catalogId, "a", (await take(catalogId, "a"))!, { seen: ["SKU-1", "X"] })
        await service.catalogs.forgetCatalog({ catalogId })
        expect(await service.listAuditedItems({ catalog_id: catalogId })).toEqual([])
      })
    })

    describe("a page", () => {
      it("gives back only what does not simply agree, with what both sides hold", async () => {
        const { catalogId, itemIds } = await given(3)
        const [two] = await service.listItems({ catalog_id: catalogId, retailer_id: "SKU-2" })
        const { agree, differing } = await compare(catalogId, held("SKU-1"), held("SKU-2", { quantity: 7 }), held("SKU-3"), held("FOREIGN", { feed_id: "88" }))
        expect(itemIds).toContain(two.id)
        expect(agree).toBe(2)
        expect(differing).toEqual([
          expect.objectContaining({ retailer_id: "FOREIGN", item_id: null, feed_id: "88", is_listed: false, is_at_rest: false }),
          expect.objectContaining({ retailer_id: "SKU-2", item_id: two.id, quantity: 7, acknowledged_quantity: 5, is_listed: true, is_at_rest: true }),
        ])
      })

      it("counts an id that paging repeats once, within a page and over pages", async () => {
        const { catalogId } = await given(2)
        const run = (await take(catalogId, "a"))!
        expect((await compare(catalogId, held("SKU-1"), held("SKU-1"))).agree).toBe(1)
        await record(catalogId, "a", run, { seen: ["SKU-1", "SKU-1"] })
        expect((await compare(catalogId, held("SKU-1"), held("SKU-2"))).agree).toBe(1)
      })

      it.each<[string, Record<string, unknown>, boolean]>([
        ["due", { due_at: new Date() }, false],
        ["in flight", { batch_id: "mcbatch_1" }, false],
        ["carried by an upload", { carrier_id: "mcup_1" }, false],
        ["overwritten by an upload in flight", { reassert: true }, false],
        ["sent a moment ago", { sent_at: new Date() }, false],
        ["settled nine minutes ago", { acknowledged_at: new Date(Date.now() - 540_000) }, false],
        ["settled eleven minutes ago", { acknowledged_at: new Date(Date.now() - 660_000) }, true],
        ["refused a moment ago", { rejected_at: new Date() }, false],
        ["still", {}, true],
      ])("calls an item at rest only when nothing moves it: one that is %s", async (_name, patch, isAtRest) => {
        const { catalogId } = await given(1, patch)
        const { agree, differing } = await compare(catalogId, held("SKU-1", { quantity: 9 }))
        expect({ agree, differing }).toMatchObject({ agree: 0, differing: [{ is_at_rest: isAtRest }] })
        expect(await service.audits.listAbsent({ catalogId, limit: 9 })).toEqual(isAtRest ? ["SKU-1"] : [])
        expect((await compare(catalogId, held("SKU-1"))).agree).toBe(isAtRest ? 1 : 0)
      })

      it("calls no item of a feed at rest while an upload session of it is not taken in", async () => {
        const { catalogId, feedId } = await given(1)
        const [upload] = await service.createUploads([{ catalog_id: catalogId, feed_id: feedId, meta_upload_id: `u-${catalogId}`, started_at: LONG_AGO }])
        expect((await compare(catalogId, held("SKU-1"))).differing).toMatchObject([{ is_at_rest: false }])
        await service.updateUploads([{ id: upload.id, ingested_at: LONG_AGO }])
        expect((await compare(catalogId, held("SKU-1"))).agree).toBe(1)
      })

      it.each<[string, Partial<PageItem>, Record<string, unknown>, number]>([
        ["the same number", {}, {}, 1],
        ["another number", { quantity: 4 }, {}, 0],
        ["no number", { quantity: null }, {}, 0],
        ["another availability", { availability: "out of stock" }, {}, 0],
        ["no availability", { availability: null }, {}, 0],
        ["a number where none was sent", { quantity: 4 }, { wanted_quantity: null, acknowledged_quantity: null }, 1],
        ["an unknown value", {}, { acknowledged_quantity: null, acknowledged_availability: null }, 0],
        ["an unlisted item", {}, { listed_at: null }, 0],
        ["the feed of another", { feed_id: "88" }, {}, 0],
        ["no feed", { feed_id: null }, {}, 1],
      ])("agrees or not: %s", async (_name, atMeta, ours, agree) => {
        const { catalogId } = await given(1, ours)
        const compared = await compare(catalogId, held("SKU-1", atMeta))
        expect(compared.agree).toBe(agree)
        expect(compared.differing).toHaveLength(1 - agree)
      })

      it("says which visibility is expected only while the last upload read the newest file", async () => {
        const { catalogId, feedId } = await given(1)
        const expected = async () => (await compare(catalogId, held("SKU-1", { quantity: 9 }))).differing[0].wanted_visibility
        expect(await expected()).toBeNull()
        const [snapshot] = await service.createSnapshots([
          { feed_id: feedId, number: 1, status: "ready", started_at: LONG_AGO, heartbeat_at: LONG_AGO, finished_at: LONG_AGO },
        ])
        await service.updateFeeds([{ id: feedId, snapshot_number: 1 }])
        await service.createUploads([
          { catalog_id: catalogId, feed_id: feedId, meta_upload_id: `u-${catalogId}`, snapshot_id: snapshot.id, started_at: LONG_AGO, ingested_at: LONG_AGO },
        ])
        expect(await expected()).toBe("published")
        expect((await compare(catalogId, held("SKU-1", { visibility: "staging" }))).agree).toBe(0)

        const [item] = await service.listItems({ catalog_id: catalogId })
        await service.updateItems([{ id: item.id, discontinued_at: new Date(LONG_AGO.getTime() - 1_000) }])
        expect(await expected()).toBe("staging")
        await service.updateItems([{ id: item.id, discontinued_at: new Date() }])
        expect(await expected()).toBeNull()

        await service.updateItems([{ id: item.id, discontinued_at: null }])
        // A newer file carries new items only and no word about the others.
        await service.createUploads([
          { catalog_id: catalogId, feed_id: feedId, meta_upload_id: `v-${catalogId}`, update_only: true, started_at: new Date(), ingested_at: LONG_AGO },
        ])
        expect(await expected()).toBe("published")
        await service.updateFeeds([{ id: feedId, snapshot_number: 2 }])
        expect(await expected()).toBeNull()
      })

      it("says whether the newest file holds the item", async () => {
        const { catalogId, itemIds } = await given(1, { listed_at: null, written_since: 3, omitted_since: null })
        const isWritten = async () => (await compare(catalogId, held("SKU-1"))).differing[0].is_written
        expect(await isWritten()).toBe(true)
        await service.updateItems([{ id: itemIds[0], omitted_since: 4 }])
        expect(await isWritten()).toBe(false)
        await service.updateItems([{ id: itemIds[0], written_since: 5 }])
        expect(await isWritten()).toBe(true)
      })
    })

    describe("a repair", () => {
      it("makes the pair unknown and due before anything that waits, and leaves the prices known", async () => {
        const price = { price: "24.50 EUR", sale_price: "", sale_price_effective_date: "" }
        const { catalogId, itemIds } = await given(2, { acknowledged_price: price, priority: 100, is_ranked: true })
        const run = (await take(catalogId, "a"))!
        expect(await record(catalogId, "a", run, { repair: [{ item_id: itemIds[0], reason: "audit: Meta holds more" }] })).toBe(true)
        const item = await service.retrieveItem(itemIds[0])
        expect(item).toMatchObject({
          acknowledged_quantity: null, acknowledged_availability: null, acknowledged_price: price,
          due_reason: "audit: Meta holds more", priority: 10, is_ranked: false,
        })
        expect(item.due_at).not.toBeNull()
        expect(await service.retrieveItem(itemIds[1])).toMatchObject({ due_at: null, acknowledged_quantity: 5 })
      })

      it("leaves an item alone that has moved since", async () => {
        const { catalogId, itemIds } = await given(1, { batch_id: "mcbatch_1" })
        await record(catalogId, "a", (await take(catalogId, "a"))!, { repair: [{ item_id: itemIds[0], reason: "x" }] })
        expect(await service.retrieveItem(itemIds[0])).toMatchObject({ due_at: null, acknowledged_quantity: 5 })
      })
    })

    describe("absent items", () => {
      it("are the listed ones nobody saw, once Meta has had time to show them", async () => {
        const { catalogId } = await given(4)
        const byId = new Map((await service.listItems({ catalog_id: catalogId })).map((item) => [item.retailer_id, item.id]))
        await service.updateItems([{ id: byId.get("SKU-2")!, listed_at: new Date() }, { id: byId.get("SKU-3")!, listed_at: null }])
        await record(catalogId, "a", (await take(catalogId, "a"))!, { seen: ["SKU-1"] })
        expect(await service.audits.listAbsent({ catalogId, limit: 9 })).toEqual(["SKU-4"])
      })

      it("come a few at a time, in a fixed order", async () => {
        const { catalogId } = await given(5)
        expect(await service.audits.listAbsent({ catalogId, limit: 2 })).toEqual(["SKU-1", "SKU-2"])
      })
    })
  },
})
