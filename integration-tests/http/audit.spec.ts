import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import type { AdminAudit } from "../../src/api/admin/meta-catalog/audit-types"
import type { AdminIssue } from "../../src/api/admin/meta-catalog/issue-types"
import auditJob from "../../src/jobs/audit"
import buildFeeds from "../../src/jobs/build-feeds"
import keepInStep from "../../src/jobs/keep-in-step"
import pullUploads from "../../src/jobs/pull-uploads"
import requestAudits from "../../src/jobs/request-audits"
import { audit } from "../../src/workflows/audit/audit"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { productOf, statusOf, until, withConnectedStore, type Connected } from "./connected-store"

withConnectedStore("audit", (store) => {
  const post = async (path: string, body = {}) => (await store.api.post(`/admin/meta-catalog${path}`, body, store.admin)).data

  const atMeta = async (connected: Connected, sku: string) => (await store.sandbox.control.item(connected.metaCatalogId, sku))!

  const pairAt = async (connected: Connected, sku: string) => {
    const { quantity_to_sell_on_facebook, availability, visibility } = await atMeta(connected, sku)
    return { quantity_to_sell_on_facebook, availability, visibility }
  }

  const sqlOf = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)

  /** Moves the plugin's clock; the runner puts it back with the database. */
  const moveClock = async (minutes: number) => {
    await sqlOf().raw(
      `create or replace function meta_catalog_now() returns timestamptz language sql stable as
       $$ select statement_timestamp() + interval '${minutes} minutes' $$`
    )
  }

  /** A connected store whose values Meta acknowledged more than ten minutes ago. */
  const connectLongAgo = async (settings: Record<string, unknown> = {}) => {
    const connected = await store.connect()
    await inStep(connected)
    if (Object.keys(settings).length > 0) {
      await post(`/catalogs/${connected.catalogId}`, settings)
      await minute()
      await until("the build and the sweep that a change of settings asks for are over", async () => {
        const { feeds, catalog, swept_at } = await statusOf(store, connected.catalogId)
        return swept_at !== null && feeds[0].build_requested_at === null && feeds[0].latest === null && catalog.state === "active"
      }, 90)
      await inStep(connected)
    }
    await moveClock(11)
    return { connected, listed: (await statusOf(store, connected.catalogId)).counts.listed }
  }

  /** What the jobs of a minute do for builds that were asked for; rounds follow by themselves as long as something waits. */
  const minute = async () => {
    await buildFeeds(store.container)
    await keepInStep(store.container)
  }

  const inStep = async (connected: Connected) =>
    await until("all is in step, with no upload under way", async () => {
      // Beside a clock that was moved on, a session looks old and would be asked about once a minute only.
      await pullUploads(store.container)
      const { counts, uploads, feeds } = await statusOf(store, connected.catalogId)
      return counts.in_step > 0 && counts.in_step === counts.listed && uploads.every((upload) => upload.ingested_at) && !feeds[0].upload_requested_at
    }, 90)

  const uploaded = async (connected: Connected, count: number) =>
    await until(`${count} uploads are taken in`, async () => {
      await pullUploads(store.container)
      return (await statusOf(store, connected.catalogId)).uploads.filter((upload) => upload.ingested_at).length >= count
    }, 120)

  const auditOf = async (connected: Connected) => (await statusOf(store, connected.catalogId)).audit

  /** Asks for an audit and lets the job's rounds run to its end. */
  const auditNow = async (connected: Connected): Promise<NonNullable<AdminAudit["result"]>> => {
    const before = (await auditOf(connected)).audited_at
    await post(`/catalogs/${connected.catalogId}/audit`)
    return await until("the audit is complete", async () => {
      await auditJob(store.container)
      const { audited_at, result } = await auditOf(connected)
      return audited_at !== before && result
    })
  }

  const auditIssues = async (): Promise<AdminIssue[]> => (await store.api.get("/admin/meta-catalog/issues?source=audit&limit=200", store.admin)).data.issues

  /** Changes what Meta holds behind the store's back. */
  const tamper = async (connected: Connected, sku: string, fields: Record<string, unknown>) => {
    await store.sandbox.control.putItems(connected.metaCatalogId, [{ id: sku, ...fields }])
  }

  const setStock = async (variant: { inventoryItemIds: string[] }, quantity: number) => {
    const { berlin } = store.facts.locationIds
    await updateInventoryLevelsWorkflow(store.container).run({
      input: { updates: [{ inventory_item_id: variant.inventoryItemIds[0], location_id: berlin, stocked_quantity: quantity }] },
    })
  }

  const itemState = async ({ productId, variantId }: { productId: string; variantId: string }) =>
    (await productOf(store, productId)).catalogs[0].items.find((item) => item.variant_id === variantId)!

  /** Variants of the seeded store with a SKU and stock at Meta, so that more and less can be told apart. */
  const inStock = async (connected: Connected, count: number) => {
    const sellable = (await store.sandbox.control.items(connected.metaCatalogId)).filter((item) => (item.quantity_to_sell_on_facebook ?? 0) > 3)
    const skus = new Set(sellable.map((item) => item.retailer_id))
    const found = store.facts.variants.filter((variant) => variant.sku && skus.has(variant.sku) && variant.inventoryItemIds.length === 1)
    expect(found.length).toBeGreaterThanOrEqual(count)
    return found.slice(0, count) as ((typeof found)[number] & { sku: string })[]
  }

  const productCalls = async (since: string) => (await store.sandbox.control.calls({ path: "/products$", method: "GET", since }))

  afterEach(async () => {
    await store.sandbox.control.setSettings({ paging_misses: false, batch_delay_ms: [200, 600], quota_calls_per_hour: null })
  })

  describe("drift", () => {
    it("is repaired above and below where only the store sells, and told as a number that is not rounded", async () => {
      const { connected, listed } = await connectLongAgo()
      const [more, less, out, hidden] = await inStock(connected, 4)
      const wanted = new Map(await Promise.all([more, less, out, hidden].map(async ({ sku }) => [sku, await pairAt(connected, sku)] as const)))
      await tamper(connected, more.sku, { quantity_to_sell_on_facebook: wanted.get(more.sku)!.quantity_to_sell_on_facebook! + 50 })
      await tamper(connected, less.sku, { quantity_to_sell_on_facebook: 1 })
      await tamper(connected, out.sku, { quantity_to_sell_on_facebook: 0, availability: "out of stock" })
      await tamper(connected, hidden.sku, { visibility: "staging" })

      const result = await auditNow(connected)
      expect(result).toMatchObject({ checked: listed, agree: listed - 4, above: 1, below: 3, repaired: 4, missing: 0, skipped: 0, orphans: 0, other_sources: 0, unconfirmed: 0 })
      expect(result.agree_percent).toBe(Math.floor(((listed - 4) / listed) * 10_000) / 100)
      expect(Date.parse(result.finished_at)).toBeGreaterThanOrEqual(Date.parse(result.started_at))
      const issues = await auditIssues()
      expect(issues.map(({ retailer_id, code }) => [retailer_id, code]).sort()).toEqual(
        [[less.sku, "audit_below"], [out.sku, "audit_below"], [hidden.sku, "audit_hidden"]].sort()
      )
      expect(issues.find((issue) => issue.retailer_id === less.sku)).toMatchObject({
        title: "Sold on Meta?", severity: "warning", product_id: less.productId, variant_id: less.variantId,
        message: expect.stringContaining(`holds quantity_to_sell_on_facebook 1, but was told ${wanted.get(less.sku)!.quantity_to_sell_on_facebook}`),
      })

      await minute()
      await uploaded(connected, 2)
      for (const { sku } of [more, less, out, hidden]) {
        await until(`${sku} holds again what it should`, async () => JSON.stringify(await pairAt(connected, sku)) === JSON.stringify(wanted.get(sku)), 150)
      }
      await inStep(connected)
      await moveClock(30)
      expect(await auditNow(connected)).toMatchObject({ checked: listed, agree: listed, agree_percent: 100, above: 0, below: 0, repaired: 0 })
      expect(await auditIssues()).toEqual([])
    })

    it("is repaired above, and below only reported, where Meta sells as well", async () => {
      const { connected, listed } = await connectLongAgo({ sells_on_meta: true })
      expect((await statusOf(store, connected.catalogId)).catalog.sells_on_meta).toBe(true)
      const [more, less] = await inStock(connected, 2)
      const wanted = await pairAt(connected, more.sku)
      await tamper(connected, more.sku, { quantity_to_sell_on_facebook: 999 })
      await tamper(connected, less.sku, { quantity_to_sell_on_facebook: 1 })

      expect(await auditNow(connected)).toMatchObject({ agree: listed - 2, above: 1, below: 1, repaired: 1 })
      await minute()
      await until("what is above is repaired", async () => JSON.stringify(await pairAt(connected, more.sku)) === JSON.stringify(wanted))
      await inStep(connected)
      expect(await pairAt(connected, less.sku)).toMatchObject({ quantity_to_sell_on_facebook: 1 })
      expect(await auditIssues()).toMatchObject([{ retailer_id: less.sku, title: "Sold on Meta?", action: expect.stringContaining("Meta's orders") }])
      const sent = (await store.sandbox.control.batches(connected.metaCatalogId)).at(-1)!
      expect(JSON.stringify(sent.requests)).toContain(more.sku)
      expect(JSON.stringify(sent.requests)).not.toContain(`"${less.sku}"`)
    })
  })

  describe("items that are not simply ours", () => {
    it("of other sources are counted and shown, an orphan is an issue, and none of them is touched", async () => {
      const { connected, listed } = await connectLongAgo()
      const reply = await fetch(`${store.sandbox.url}/v26.0/${connected.metaCatalogId}/product_feeds?name=Another+app`, {
        method: "POST", headers: { authorization: `Bearer ${connected.token}` },
      })
      const { id: otherFeed } = (await reply.json()) as { id: string }
      const [taken, orphan] = await inStock(connected, 2)
      await tamper(connected, "FOREIGN-1", { quantity_to_sell_on_facebook: 9, availability: "in stock" })
      await tamper(connected, "FOREIGN-2", { quantity_to_sell_on_facebook: 9, availability: "in stock" })
      await tamper(connected, taken.sku, { quantity_to_sell_on_facebook: 9_999 })
      await store.sandbox.dataSource.query("update item set feed_id = $1 where catalog_id = $2 and retailer_id = any($3)", [
        otherFeed, connected.metaCatalogId, ["FOREIGN-2", taken.sku],
      ])
      // As a file that leaves an item out and an upload that took it in leave the ledger; Meta has kept the item all the same.
      await sqlOf().raw("update meta_catalog_item set listed_at = null, omitted_since = written_since + 1 where retailer_id = ?", [orphan.sku])
      const untouched = ["FOREIGN-1", "FOREIGN-2", taken.sku, orphan.sku]
      const before = await store.sandbox.control.items(connected.metaCatalogId, { retailerIds: untouched })

      const result = await auditNow(connected)
      expect(result).toMatchObject({ checked: listed - 2, agree: listed - 2, agree_percent: 100, orphans: 1, other_sources: 3, missing: 0, repaired: 0 })
      expect(result.sources).toEqual([
        { meta_feed_id: otherFeed, name: "Another app", items: 2 },
        { meta_feed_id: null, name: null, items: 1 },
      ])
      expect(await auditIssues()).toMatchObject([{ retailer_id: orphan.sku, code: "audit_orphan", product_id: orphan.productId }])
      expect(await store.sandbox.control.items(connected.metaCatalogId, { retailerIds: untouched })).toEqual(before)
      expect(await store.sandbox.control.calls({ method: "DELETE" })).toEqual([])
    })

    it("an item Meta has lost counts as missing once the filter and its own address say so, and an upload puts it back", async () => {
      const { connected, listed } = await connectLongAgo()
      const [gone] = await inStock(connected, 1)
      const wanted = await pairAt(connected, gone.sku)
      const since = (await store.sandbox.control.clock()).now
      const lost = await fetch(`${store.sandbox.url}/v26.0/${(await atMeta(connected, gone.sku)).id}`, {
        method: "DELETE", headers: { authorization: `Bearer ${connected.token}` },
      })
      expect(lost.status).toBe(200)

      expect(await auditNow(connected)).toMatchObject({ checked: listed, agree: listed - 1, missing: 1, repaired: 0 })
      expect((await auditIssues()).map(({ code, retailer_id }) => [code, retailer_id])).toEqual([["audit_missing", gone.sku]])
      const lookups = (await productCalls(since)).filter(({ query }) => query.filter)
      expect(lookups.map(({ query }) => JSON.parse(query.filter))).toEqual([{ retailer_id: { eq: gone.sku } }])
      const address = `catalog:${connected.metaCatalogId}:${Buffer.from(gone.sku).toString("base64url")}`
      const reads = await store.sandbox.control.calls({ method: "GET", since, path: "/catalog:" })
      expect(reads.map(({ path }) => decodeURIComponent(path).split("/").at(-1))).toEqual([address])
      expect(await itemState(gone)).toMatchObject({ state: "not_in_feed" })
      expect((await statusOf(store, connected.catalogId)).feeds[0]).toMatchObject({ build_requested_at: expect.any(String), upload_requested_at: expect.any(String) })

      await minute()
      await uploaded(connected, 2)
      await inStep(connected)
      expect((await statusOf(store, connected.catalogId)).counts.listed).toBe(listed)
      expect(await pairAt(connected, gone.sku)).toEqual(wanted)
    })
  })

  describe("an audit in rounds", () => {
    it("goes on at its cursor after a process died in the middle, and counts nothing twice", async () => {
      const { connected, listed } = await connectLongAgo()
      const { catalogId } = connected
      const since = (await store.sandbox.control.clock()).now
      await post(`/catalogs/${catalogId}/audit`)
      expect((await auditOf(connected)).requested_at).not.toBeNull()
      expect(await audit(store.container, catalogId, { calls: 1, pageSize: 100 })).toMatchObject({ state: "running" })
      expect(await auditOf(connected)).toMatchObject({ requested_at: null, result: null, running: { phase: "pages", checked: 100, agree: 100, calls: 1, error: null } })

      // A process takes the next round and dies.
      const { audits, publicUrl } = metaCatalog(store.container)
      expect(await audits.takeAudit({ catalogId, owner: "dead", publicUrl, pageSize: 100 })).not.toBeNull()
      await auditJob(store.container)
      expect(await audit(store.container, catalogId)).toMatchObject({ state: "idle" })
      expect((await auditOf(connected)).running).toMatchObject({ calls: 1 })
      await moveClock(17)
      const result = await until("another process has ended the audit", async () => {
        await auditJob(store.container)
        return (await auditOf(connected)).result
      })
      expect(result).toMatchObject({ checked: listed, agree: listed, agree_percent: 100, calls: Math.ceil(listed / 100) })
      const pages = await productCalls(since)
      expect(pages).toHaveLength(Math.ceil(listed / 100))
      expect(new Set(pages.map(({ query }) => query.after)).size).toBe(pages.length)
      expect((await store.sandbox.control.calls({ path: "items_batch$", since }))).toEqual([])
    })

    it("waits before Meta's limit for other calls is used up, and goes on when it has room again", async () => {
      const { connected, listed } = await connectLongAgo()
      const { catalogId } = connected
      const { control } = store.sandbox
      const since = (await control.clock()).now
      await control.setSettings({ quota_calls_per_hour: { batch: 1_000, management: 20 } })
      await post(`/catalogs/${catalogId}/audit`)
      expect(await audit(store.container, catalogId, { pageSize: 15 })).toMatchObject({ state: "running" })
      const { running } = await auditOf(connected)
      expect(running).toMatchObject({ checked: 15 * 15, calls: 15, error: null })
      await auditJob(store.container)
      expect((await auditOf(connected)).running).toEqual(running)
      await moveClock(22)
      await auditJob(store.container)
      expect((await auditOf(connected)).running).toMatchObject({ calls: 16 })

      await control.advanceClock(61 * 60_000)
      await moveClock(33)
      const result = await until("the audit is complete", async () => {
        await auditJob(store.container)
        return (await auditOf(connected)).result
      })
      expect(result).toMatchObject({ checked: listed, agree: listed, calls: Math.ceil(listed / 15) })
      expect((await control.calls({ since })).filter(({ error_code }) => error_code !== null)).toEqual([])
    })

    it("finds by the filter what paging misses while items change, and counts what comes twice once", async () => {
      const { connected, listed } = await connectLongAgo()
      const { catalogId } = connected
      const { control } = store.sandbox
      await control.setSettings({ paging_misses: true })
      const since = (await control.clock()).now
      await post(`/catalogs/${catalogId}/audit`)
      await audit(store.container, catalogId, { calls: 1, pageSize: 100 })
      const { rows } = await sqlOf().raw("select retailer_id from meta_catalog_audited_item where catalog_id = ?", [catalogId])
      expect(rows).toHaveLength(100)
      const moved = rows.slice(0, 3).map((row: { retailer_id: string }) => row.retailer_id)
      for (const sku of moved) {
        await tamper(connected, sku, {})
      }
      const result = await until("the audit is complete", async () => {
        await auditJob(store.container)
        return (await auditOf(connected)).result
      })
      expect(result).toMatchObject({ checked: listed, agree: listed, agree_percent: 100, missing: 0, unconfirmed: 0 })
      const lookups = (await productCalls(since)).flatMap(({ query }) => (query.filter ? [JSON.parse(query.filter).retailer_id.is_any] : []))
      expect(lookups).toHaveLength(1)
      expect(lookups[0]).toHaveLength(3)
      expect(lookups[0].filter((sku: string) => moved.includes(sku))).toEqual([])
      expect(await control.calls({ method: "GET", since, path: "/catalog:" })).toEqual([])
      expect((await statusOf(store, catalogId)).counts.listed).toBe(listed)
    })

    it("skips what is in flight and what settled a moment ago", async () => {
      const { connected, listed } = await connectLongAgo()
      const [flying, settled] = await inStock(connected, 2)
      await setStock(settled, 71)
      const value = await until("the change has settled", async () => {
        const { state, acknowledged } = await itemState(settled)
        return state === "in_step" && acknowledged?.quantity! >= 71 && acknowledged
      })
      await tamper(connected, settled.sku, { quantity_to_sell_on_facebook: value.quantity! + 1 })
      await store.sandbox.control.setSettings({ batch_delay_ms: [600_000, 600_000] })
      await setStock(flying, 0)
      await until("the other change is in flight", async () => (await itemState(flying)).state === "in_flight")

      expect(await auditNow(connected)).toMatchObject({ checked: listed - 2, agree: listed - 2, agree_percent: 100, skipped: 2, above: 0, missing: 0 })
      // Long after it was sent it is still in flight, and the other one is not new any more.
      await moveClock(25)
      expect(await auditNow(connected)).toMatchObject({ checked: listed - 1, agree: listed - 2, skipped: 1, above: 1, repaired: 1 })
      await store.sandbox.control.setSettings({ batch_delay_ms: [0, 0] })
      await store.sandbox.control.settle()
      await minute()
      await until("both are at rest", async () => {
        const states = [await itemState(flying), await itemState(settled)]
        return states.every(({ state }) => state === "in_step") && (await atMeta(connected, settled.sku)).quantity_to_sell_on_facebook === value.quantity
      }, 90)
    })

    it("asks for smaller pages after a failure, waits where Meta says so, and gives up only what cannot be read", async () => {
      const { connected, listed } = await connectLongAgo()
      const { catalogId } = connected
      const { control } = store.sandbox
      const since = (await control.clock()).now
      await control.setFaults([
        { path: "/products$", method: "GET", times: 1, action: { type: "error", code: 1, message: "Please reduce the amount of data" } },
        { path: "/products$", method: "GET", times: 1, action: { type: "throttle", minutes: 5, code: 80009 } },
      ])
      await post(`/catalogs/${catalogId}/audit`)
      await auditJob(store.container)
      expect((await auditOf(connected)).running).toMatchObject({ checked: 0, error: expect.stringContaining("reduce the amount") })
      await auditJob(store.container)
      expect(await productCalls(since)).toHaveLength(1)
      await moveClock(14)
      await auditJob(store.container)
      expect((await productCalls(since)).map(({ query, error_code }) => [query.limit, error_code])).toEqual([["500", 1], ["250", 80009]])
      await auditJob(store.container)
      expect(await productCalls(since)).toHaveLength(2)
      await moveClock(20)
      const result = await until("the audit is complete", async () => {
        await auditJob(store.container)
        return (await auditOf(connected)).result
      })
      expect(result).toMatchObject({ checked: listed, agree: listed })

      await control.setFaults([{ path: "/products$", method: "GET", times: 9, action: { type: "error", code: 2500, message: "Unknown path" } }])
      await post(`/catalogs/${catalogId}/audit`)
      await until("the audit is given up", async () => {
        await auditJob(store.container)
        const { running, requested_at } = await auditOf(connected)
        return !running && !requested_at
      })
      expect(await auditIssues()).toMatchObject([{ code: "audit_failed", retailer_id: "", message: expect.stringContaining("Unknown path") }])
      expect((await auditOf(connected)).result).toEqual(result)
      await control.clearFaults()
      await auditNow(connected)
      expect(await auditIssues()).toEqual([])
    })
  })

  it("is asked for every night, and by nobody for a catalogue that does not exist", async () => {
    const connected = await store.connect()
    await requestAudits(store.container)
    const { requested_at, running, result } = await auditOf(connected)
    expect(requested_at ?? running ?? result).not.toBeNull()
    const { status } = await store.api.post("/admin/meta-catalog/catalogs/mcat_none/audit", {}, { ...store.admin, validateStatus: () => true })
    expect(status).toBe(404)
    const refused = await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}`, { sells_on_meta: "yes" }, { ...store.admin, validateStatus: () => true })
    expect(refused.status).toBe(400)
    expect(refused.data.message).toMatch(/^sells_on_meta/)
  })
})
