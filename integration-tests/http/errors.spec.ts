import { Modules } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import type { SeededVariant } from "../store/seed-store"
import { statusOf, until, withConnectedStore, type Connected } from "./connected-store"

jest.setTimeout(240_000)

withConnectedStore("errors", (store) => {
  const sql = () => store.container.resolve("__pg_connection__")
  const shirts = () => store.facts.variants.filter(({ kind, sku, inventoryItemIds }) => kind === "size_colour" && sku && inventoryItemIds.length === 1)
  let quantity = 1_000

  /** Gives an item a stock it has never had. */
  async function setStock(variant: SeededVariant): Promise<number> {
    quantity += 1_000
    await updateInventoryLevelsWorkflow(store.container).run({
      input: { updates: [{ inventory_item_id: variant.inventoryItemIds[0], location_id: store.facts.locationIds.berlin, stocked_quantity: quantity }] },
    })
    return quantity
  }

  const failNextCalls = async (times: number, error: { code: number; subcode?: number; is_transient?: boolean; http_status?: number }) =>
    await store.sandbox.control.setFaults([{ path: "/items_batch$", method: "POST", times, action: { type: "error", ...error } }])

  const arrival = async ({ metaCatalogId }: Connected, variant: SeededVariant, stocked: number) =>
    await until(`${stocked} of ${variant.sku} have arrived`, async () => {
      const item = await store.sandbox.control.item(metaCatalogId, variant.sku!)
      return (item?.quantity_to_sell_on_facebook ?? 0) >= stocked - 100
    })

  const callsOf = async ({ metaCatalogId }: Connected) => await store.sandbox.control.calls({ path: `/${metaCatalogId}/items_batch$`, method: "POST" })
  const notifications = async () => (await store.container.resolve(Modules.NOTIFICATION).listNotifications({}, { take: null })).map(({ data }) => JSON.stringify(data))

  it("pauses on every code only a person can help with, says so once, and resumes without loss", async () => {
    const connected = await store.connect()
    const { catalogId } = connected
    const [variant] = shirts()
    const codes: [number, number | undefined, string][] = [
      [3, undefined, "capability_missing"],
      [10, undefined, "permission_missing"],
      [102, undefined, "token_invalid"],
      [104, undefined, "signature_wrong"],
      [190, 463, "token_expired"],
      [200, undefined, "permission_missing"],
      [299, undefined, "permission_missing"],
      [368, undefined, "policy_block"],
      [415, undefined, "two_factor_needed"],
      [803, undefined, "catalog_not_found"],
      [3964, undefined, "not_feed_admin"],
      [3970, undefined, "not_catalog_admin"],
      [100, 33, "catalog_not_found"],
    ]
    for (const [code, subcode, reason] of codes) {
      const [before, told] = [(await callsOf(connected)).length, (await notifications()).length]
      await failNextCalls(1, { code, ...(subcode ? { subcode } : {}) })
      const stocked = await setStock(variant)
      const { catalog } = await until(`code ${code} has paused the catalogue`, async () => {
        const status = await statusOf(store, catalogId)
        return status.catalog.state === "paused" && status
      })
      expect([code, catalog.pause_reason]).toEqual([code, reason])
      expect(catalog.pause_message).toBeTruthy()
      // Marks go on meanwhile, calls do not.
      const later = await setStock(variant)
      expect((await callsOf(connected)).length - before).toBe(1)
      const { data } = await store.api.post(`/admin/meta-catalog/catalogs/${catalogId}/test-connection`, {}, store.admin)
      expect([code, data.test.ok]).toEqual([code, true])
      await arrival(connected, variant, later)
      expect(later).toBeGreaterThan(stocked)
      expect((await notifications()).slice(told).filter((text) => text.includes("is paused"))).toHaveLength(1)
    }
  })

  it("waits on every code of a limit, whatever HTTP status it came with: of all calls, or of batch calls alone", async () => {
    const connected = await store.connect()
    const [variant] = shirts()
    for (const code of [4, 17, 32, 341, 613, 80000, 80004, 80009, 80014]) {
      const before = (await callsOf(connected)).length
      await failNextCalls(1, { code, http_status: code % 2 ? 400 : 500 })
      const stocked = await setStock(variant)
      const waits = await until(`code ${code} has stopped calls`, async () => {
        const { rows } = await sql().raw("select throttled_until > meta_catalog_now() as batch, quiet_until > meta_catalog_now() as every from meta_catalog_catalog where id = ?", [
          connected.catalogId,
        ])
        return (rows[0].batch || rows[0].every) && rows[0]
      })
      expect([code, Boolean(waits.every)]).toEqual([code, code !== 80014])
      const { budget, catalog } = await statusOf(store, connected.catalogId)
      expect([catalog.state, budget.resumes_reason]).toEqual(["active", "throttled"])
      // Minutes, not seconds, where Meta's header names no time.
      expect(Date.parse(budget.resumes_at!) - Date.now()).toBeGreaterThan(60_000)
      expect((await callsOf(connected)).length - before).toBe(1)
      await sql().raw("update meta_catalog_catalog set throttled_until = null, quiet_until = null where id = ?", [connected.catalogId])
      await store.api.post(`/admin/meta-catalog/catalogs/${connected.catalogId}/push`, {}, store.admin)
      await arrival(connected, variant, stocked)
    }
  })

  it.each([
    ["code 2", { code: 2, http_status: 503 }],
    ["an unknown code that Meta calls transient", { code: 987, is_transient: true }],
  ])("tries again after %s, within two seconds the first time, and rejects nobody", async (_name, error) => {
    const connected = await store.connect()
    const [variant] = shirts()
    const before = (await callsOf(connected)).length
    await failNextCalls(2, error)
    const stocked = await setStock(variant)
    await arrival(connected, variant, stocked)
    const calls = (await callsOf(connected)).slice(before)
    expect(calls.map(({ error_code }) => error_code)).toEqual([error.code, error.code, null])
    const { catalog, counts } = await statusOf(store, connected.catalogId)
    expect([catalog.state, counts.rejected]).toEqual(["active", 0])
  })

  it("sends the same call once more after code 1, then halves of it", async () => {
    const connected = await store.connect()
    const variants = shirts().slice(0, 4)
    const before = (await callsOf(connected)).length
    await failNextCalls(2, { code: 1, http_status: 500 })
    let stocked = 0
    await Promise.all(
      variants.map(async (variant) => {
        stocked = await setStock(variant)
      })
    )
    for (const variant of variants) {
      await arrival(connected, variant, stocked - 3_000)
    }
    const calls = (await callsOf(connected)).slice(before)
    expect(calls.map(({ error_code }) => error_code)).toEqual([1, 1, null, null])
    expect(calls[1].body_bytes).toBe(calls[0].body_bytes)
    expect(calls[2].body_bytes + calls[3].body_bytes).toBeGreaterThan(calls[0].body_bytes)
    expect(calls[2].body_bytes).toBeLessThan(calls[0].body_bytes)
    await until("all are in step", async () => {
      const { counts } = await statusOf(store, connected.catalogId)
      return counts.in_step === counts.listed && counts.rejected === 0
    })
    expect((await statusOf(store, connected.catalogId)).budget.calls_last_hour).toBeGreaterThanOrEqual(4)
  })
})
