import { updateProductVariantsWorkflow } from "@medusajs/medusa/core-flows"
import checkFeeds from "../../src/jobs/check-feeds"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import { metaCatalog } from "../../src/workflows/open-catalog"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import { statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"
import pullUploads from "../../src/jobs/pull-uploads"

withConnectedStore("feed-schedules", (store) => {
  const module = () => metaCatalog(store.container)
  const post = async (path: string, body: object = {}) => (await store.api.post(`/admin/meta-catalog/${path}`, body, store.admin)).data
  const refusal = async (path: string, body: object) => (await store.api.post(`/admin/meta-catalog/${path}`, body, store.admin).catch((error) => error.response))?.data.message
  const feedOf = async (id: string): Promise<AdminFeed> => (await store.api.get(`/admin/meta-catalog/feeds/${id}`, store.admin)).data.feed
  const heldBy = async (made: Connected) => (await store.sandbox.control.feeds(made.metaCatalogId))[0]

  /** As a person does in Commerce Manager. */
  async function changeAtMeta(made: Connected, patch: object): Promise<void> {
    const response = await fetch(`${store.sandbox.url}/v26.0/${made.feed.meta_feed_id}`, {
      method: "POST",
      headers: { authorization: `Bearer ${made.token}`, "content-type": "application/json" },
      body: JSON.stringify(patch),
    })
    expect([response.status, await response.text()]).toEqual([200, '{"success":true}'])
  }

  async function readSettings(made: Connected): Promise<AdminFeed> {
    await module().updateFeeds([{ id: made.feed.id, settings_read_at: new Date(Date.now() - 3_700_000) }])
    await checkFeeds(store.container)
    return await feedOf(made.feed.id)
  }

  const issuesOf = async (made: Connected) => await module().listIssues({ catalog_id: made.catalogId, source: "catalog" })

  it("are told to Meta as they are set, and refused with the field's name where they cannot be", async () => {
    const made = await store.connect()
    const path = `feeds/${made.feed.id}`
    expect(await refusal(path, { schedule: { interval: "WEEKLY", hour: 3 } })).toBe("schedule.day_of_week: is required for WEEKLY")
    expect(await refusal(path, { schedule: { interval: "MONTHLY", day_of_week: "MONDAY" } })).toBe("schedule.day_of_week: is only for WEEKLY; schedule.day_of_month: is required for MONTHLY")
    expect(await refusal(path, { schedule: { interval: "HOURLY", hour: 3 } })).toMatch(/^schedule.hour: is not for HOURLY/)
    expect(await refusal(path, { schedule: { interval: "MINUTELY" } })).toBe("schedule.interval: must be HOURLY, DAILY, WEEKLY or MONTHLY")
    expect(await refusal(path, { schedule: { interval: "DAILY", interval_count: 0 } })).toBe("schedule.interval_count: must be from 1 to 24")
    expect(await refusal(path, { schedule: { interval: "DAILY", timezone: "Europe/Nowhere" } })).toMatch(/^schedule.timezone: must be an IANA timezone/)

    const schedule = { interval: "MONTHLY", interval_count: 2, day_of_month: 31, hour: 5, minute: 10, timezone: "America/New_York" }
    const updates = { interval: "WEEKLY", day_of_week: "SUNDAY", hour: 9, minute: 50, timezone: "Asia/Tokyo" }
    expect(await refusal(path, { schedule, update_schedule: { interval: "DAILY", hour: 5, minute: 5, timezone: "America/New_York" } })).toMatch(
      /^schedule: Meta would fetch this file within 10 minutes of that of the updates, for instance on 20/
    )
    const weekly = { interval: "WEEKLY", day_of_week: "MONDAY", minute: 10 }
    expect((await post(path, { schedule: weekly })).feed.schedule).toEqual(weekly)
    const { feed } = await post(path, { schedule, update_schedule: updates })
    expect([feed.schedule, feed.updates.schedule]).toEqual([schedule, updates])
    const { url, username } = await until("Meta has been told", async () => {
      const { schedule: held, update_schedule } = await heldBy(made)
      return held?.interval === "MONTHLY" && update_schedule ? held : null
    })
    expect(await heldBy(made)).toMatchObject({ schedule: { ...schedule, url: made.feed.url, username: made.feed.basic_username }, update_schedule: updates })
    expect({ url, username }).toEqual({ url: made.feed.url, username: "meta" })
    expect((await readSettings(made)).drift).toEqual([])
  })

  it("that a person changes at Meta are shown, time the builds, and stay until somebody says whose word counts", async () => {
    const made = await store.connect()
    const ours = made.feed.schedule
    const theirs = { interval: "WEEKLY", interval_count: 1, day_of_week: "TUESDAY", hour: 4, minute: 7, timezone: "UTC", url: made.feed.url, username: "meta", password: "x" }
    await changeAtMeta(made, { name: "Mine now", schedule: theirs })

    const seen = await readSettings(made)
    expect(seen.drift).toEqual(
      expect.arrayContaining([
        { field: "name", ours: made.feed.name, metas: "Mine now" },
        { field: "schedule.interval", ours: "DAILY", metas: "WEEKLY" },
        { field: "schedule.minute", ours: ours.minute, metas: 7 },
      ])
    )
    expect(JSON.stringify(seen.drift)).not.toContain(made.feed.url.split("/").at(-2))
    expect(seen.schedule).toEqual(ours)
    expect(new Date(seen.next_fetch_at!).toISOString()).toMatch(/T04:07:00/)
    expect(new Date(seen.next_fetch_at!).getUTCDay()).toBe(2)
    expect(await issuesOf(made)).toMatchObject([{ code: "feed_drift", severity: "warning", title: "The feed's settings were changed at Meta" }])
    await readSettings(made)
    const notices = await store.container.resolve("notification").listNotifications({}, { take: null })
    expect(notices.filter(({ data }) => String(data?.title).includes("settings were changed"))).toHaveLength(1)
    expect(await heldBy(made)).toMatchObject({ name: "Mine now", schedule: { interval: "WEEKLY" } })

    const { feed: adopted } = await post(`feeds/${made.feed.id}/adopt-schedule`)
    expect(adopted).toMatchObject({ schedule: { interval: "WEEKLY", day_of_week: "TUESDAY", hour: 4, minute: 7, timezone: "UTC" }, drift: [{ field: "name" }] })
    const { feed: restored } = await post(`feeds/${made.feed.id}/restore-schedule`)
    expect(restored.drift).toEqual([])
    expect(await heldBy(made)).toMatchObject({ name: made.feed.name, schedule: { interval: "WEEKLY", day_of_week: "TUESDAY" } })
    expect(await issuesOf(made)).toEqual([])
  })

  it("a feed that was deleted at Meta is said to be, and made and filled anew when asked to", async () => {
    const made = await store.connect()
    const response = await fetch(`${store.sandbox.url}/v26.0/${made.feed.meta_feed_id}`, { method: "DELETE", headers: { authorization: `Bearer ${made.token}` } })
    expect(response.status).toBe(200)
    expect((await readSettings(made)).drift).toEqual([{ field: "feed", ours: made.feed.meta_feed_id, metas: null }])
    expect(await issuesOf(made)).toMatchObject([{ code: "feed_drift", severity: "error", title: "The feed was deleted at Meta" }])

    const { feed } = await post(`feeds/${made.feed.id}/restore-schedule`)
    expect(feed.meta_feed_id).not.toBe(made.feed.meta_feed_id)
    const items = await until("its items are there again", async () => {
      const { counts } = await statusOf(store, made.catalogId)
      const held = await store.sandbox.control.items(made.metaCatalogId)
      return counts.listed > 0 && counts.in_step === counts.listed && held.length >= counts.listed ? held : null
    })
    expect(items.length).toBeGreaterThan(0)
    expect(await issuesOf(made)).toEqual([])
  })

  it("an upload that is asked for waits until Meta's own fetch has been taken in", async () => {
    const made = await store.connect()
    const { feed } = await post(`feeds/${made.feed.id}`, { update_schedule: { interval_count: 1 } })
    expect(feed.updates!.schedule.minute).toBe((made.feed.schedule.minute! + 30) % 60)
    await module().updateFeeds([{ id: made.feed.id, next_fetch_at: new Date(Date.now() + 20_000) }])
    await buildFeed(store.container, made.feed.id)
    await post(`feeds/${made.feed.id}/upload`)
    const before = (await store.sandbox.control.uploads(made.feed.meta_feed_id!)).length
    await until("a round has passed the request by", async () => {
      const [taken] = await module().feeds.takeRequestedUploads({ catalogId: made.catalogId, publicUrl: module().options.publicUrl! })
      return taken === undefined
    })
    expect(await store.sandbox.control.uploads(made.feed.meta_feed_id!)).toHaveLength(before)

    // Meta's fetch comes, is seen and taken in; the one that was asked for follows.
    await module().updateFeeds([{ id: made.feed.id, next_fetch_at: new Date(Date.now() + 43_200_000), fetch_due_at: new Date() }])
    await store.sandbox.control.fetchFeedNow(made.feed.meta_feed_id!, "replace")
    const sessions = await until("both are taken in", async () => {
      await pullUploads(store.container)
      const { uploads } = await statusOf(store, made.catalogId)
      return uploads.length === before + 2 && uploads.every((upload) => upload.ingested_at) ? uploads : null
    })
    const [last, metas] = sessions.sort((one, other) => Number(BigInt(other.meta_upload_id) - BigInt(one.meta_upload_id)))
    expect(new Date(last.started_at!).getTime()).toBeGreaterThanOrEqual(new Date(metas.ended_at!).getTime())
  })

  describe("ids at Meta", () => {
    const get = async (path: string) => (await store.api.get(`/admin/meta-catalog/${path}`, store.admin)).data
    const nodesOf = async (made: Connected) => new Map((await store.sandbox.control.items(made.metaCatalogId)).map((item) => [item.retailer_id, item.id]))
    const isOver = async (made: Connected) =>
      await until("Meta has taken the new ids in and every item is in step", async () => {
        const { counts } = await statusOf(store, made.catalogId)
        const { retailer_ids } = await get(`catalogs/${made.catalogId}/retailer-ids`)
        return retailer_ids.counts.planned + retailer_ids.counts.travelling === 0 && counts.listed > 0 && counts.in_step === counts.listed ? retailer_ids : null
      })

    it("switch to another scheme by a whole file that names both, and what Meta knows of an item stays with it", async () => {
      const made = await store.connect()
      const before = await nodesOf(made)
      const items = await module().listItems({ catalog_id: made.catalogId }, { take: null })
      const changing = items.filter((item) => item.retailer_id !== item.variant_id)
      // An item Meta never had has no former id there.
      const listed = changing.filter((item) => before.has(item.retailer_id))
      expect(listed.length).toBeGreaterThan(0)
      const path = `catalogs/${made.catalogId}/retailer-ids`
      const { effects } = await post(path, { scheme: "variant_id", dry_run: true })
      expect(effects.counts).toEqual({ same: items.length - changing.length, changes: changing.length, too_long: 0, duplicate: 0, taken: 0 })
      expect(effects.samples.length).toBe(Math.min(20, changing.length))
      expect((await get(path)).retailer_ids).toMatchObject({ scheme: "sku", switch: null, previous_id_days: 30 })

      await post(path, { scheme: "variant_id" })
      expect(await isOver(made)).toMatchObject({ scheme: "variant_id", switch: { from: "sku", to: "variant_id", items: changing.length, over: true }, counts: { arrived: listed.length } })
      const after = await nodesOf(made)
      for (const item of listed) expect([item.variant_id, after.get(item.variant_id)]).toEqual([item.variant_id, before.get(item.retailer_id)])
      expect(await issuesOf(made)).toEqual([])

      // Nor is anything lost where Meta does not heed the column.
      await store.sandbox.control.setSettings({ previous_id: "ignore" })
      await post(path, { scheme: "sku" })
      await isOver(made)
      await store.sandbox.control.setSettings({ previous_id: "take_over" })
      // Variants whose SKUs are no ids have come with the variant ids, and keep those.
      expect([...(await nodesOf(made)).keys()]).toEqual(expect.arrayContaining([...before.keys()]))
    })

    it("stay when a SKU changes, which is said, and one item's can be moved", async () => {
      const made = await store.connect()
      const plain = variantOf(store, "plain")
      const node = (await nodesOf(made)).get(plain.sku)
      const [item] = await module().listItems({ catalog_id: made.catalogId, variant_id: plain.variantId })
      const stays = await store.api.post(`/admin/meta-catalog/items/${item.id}/retailer-id`, {}, store.admin).catch((error) => error.response)
      expect(stays.data.message).toBe(`The id stays ${plain.sku}: it has that id already.`)

      await updateProductVariantsWorkflow(store.container).run({ input: { selector: { id: plain.variantId }, update: { sku: "RENAMED-1" } } })
      await buildFeed(store.container, made.feed.id)
      const [issue] = await module().listIssues({ catalog_id: made.catalogId, code: "retailer_id_differs" })
      expect(issue).toMatchObject({ severity: "warning", variant_id: plain.variantId, retailer_id: plain.sku })
      const answer = await post(`items/${item.id}/retailer-id`)
      expect(answer).toEqual({ item: { id: item.id, retailer_id: plain.sku, next_retailer_id: "RENAMED-1" } })
      await isOver(made)
      expect((await nodesOf(made)).get("RENAMED-1")).toBe(node)
      expect((await nodesOf(made)).has(plain.sku)).toBe(false)
    })
  })
})
