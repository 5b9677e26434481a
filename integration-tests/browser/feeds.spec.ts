import { readFile } from "node:fs/promises"
import { Client } from "pg"
import type { AdminSnapshots } from "../../src/api/admin/meta-catalog/snapshot-types"
import type { AdminCatalog, AdminCatalogStatus } from "../../src/api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import { choose, inTallWindow, logIn, phone, picture, startAdminSession, type AdminSession } from "./admin-session"

/**
 * What a merchant does about feeds and which items are in which, in one browser against a real store and Meta's side. Each test goes
 * on where the one before ended.
 */
describe("a merchant and the feeds", () => {
  let session: AdminSession
  let catalog: AdminCatalog

  const page = () => session.page
  const control = () => session.sandbox.control
  const dialog = () => page().getByRole("dialog")
  const save = () => page().getByRole("button", { name: "Save", exact: true })
  const plain = () => session.facts.variants.find(({ kind }) => kind === "plain")!
  const badge = (strategy: AdminFeed["strategy"]) => page().locator(`[data-testid=feed-state][data-strategy=${strategy}]`)
  const card = (strategy: AdminFeed["strategy"]) => badge(strategy).locator("xpath=ancestor::div[contains(@class,'divide-y')][1]")

  beforeAll(async () => {
    session = await startAdminSession("feeds")
    const made = await admin<{ catalog: AdminCatalog }>("catalogs", {
      name: "Example Outdoor",
      meta_catalog_id: session.meta.catalogId,
      access_token: session.meta.token,
      sales_channel_id: session.facts.salesChannelId,
      region_id: session.facts.regionIds.europe,
      country_code: "de",
      product_url_template: "https://shop.example.com/products/{handle}?variant={variant_id}",
      default_brand: "Example Outdoor",
    })
    catalog = made.catalog
    await logIn(session)
  })

  afterAll(() => session?.stop())

  it("reads at each choice what it leads to, and what cannot go with it", async () => {
    await page().goto(`${session.store.url}/app/settings/meta-catalog/${catalog.id}`)
    await page().getByText("This catalogue has no feed yet").waitFor()
    expect(await page().getByRole("switch", { name: "A file of updates as well" }).isChecked()).toBe(false)
    expect(await schedule("update_schedule").count()).toBe(0)
    await choose(page(), "File format", "RSS 2.0")
    await page().getByText("CSV is the safer choice").waitFor()

    // A select gives the focus back to itself a moment after its list is gone. Then by keyboard alone: down from Combined.
    await page().locator("#format:focus").waitFor()
    await page().getByRole("radio", { name: /^Combined/ }).press("ArrowDown", { delay: 100 })
    await page().getByText("A fast feed has to be CSV or TSV").waitFor()
    expect(await page().getByRole("switch", { name: "A file of updates as well" }).count()).toBe(0)
    await page().getByRole("radio", { name: /^Slow/ }).click()
    const hours = schedule("update_schedule").getByLabel("Every how many hours")
    expect(await hours.inputValue()).toBe("12")
    await hours.fill("25")
    await page().locator("#update_schedule-every-error").getByText("must be a whole number from 1 to 24").waitFor()
    expect(await page().getByRole("button", { name: "Create feed" }).isDisabled()).toBe(true)
    await hours.fill("12")
    expect(await page().getByRole("button", { name: "Create feed" }).isDisabled()).toBe(false)
    await inTallWindow(page(), phone, async () => {
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
  })

  it("shows when Meta would fetch, and what stands against a schedule", async () => {
    const whole = schedule("schedule")
    const next = async () => new Date((await page().getByTestId("schedule-next").getAttribute("data-next"))!)
    expect((await next()).getTime()).toBeGreaterThan(Date.now())
    const zone = whole.getByLabel("Time zone")
    expect(await zone.inputValue()).toBe("Europe/Berlin")
    expect(await whole.locator("datalist option").count()).toBeGreaterThan(300)
    await zone.fill("Berlin")
    await page().locator("#schedule-timezone-error").getByText("is no time zone that is known").waitFor()
    expect(await page().getByRole("button", { name: "Create feed" }).isDisabled()).toBe(true)
    await zone.fill("UTC")

    await choose(page(), "Rhythm", "By the month", whole)
    await whole.getByLabel("Day of the month").fill("31")
    await whole.getByText("In a shorter month the last day is expected").waitFor()
    await choose(page(), "Rhythm", "By the week", whole)
    await choose(page(), "Day of the week", "Wednesday", whole)
    await whole.getByLabel("Time of day").fill("04:15")
    expect({ day: (await next()).getUTCDay(), hour: (await next()).getUTCHours(), minute: (await next()).getUTCMinutes() }).toEqual({ day: 3, hour: 4, minute: 15 })

    // Updates half an hour after the whole file, then at the same minute.
    const updates = schedule("update_schedule")
    await updates.getByLabel("Time zone").fill("UTC")
    await updates.getByLabel("Every how many hours").fill("1")
    await updates.getByLabel("Minute of the hour").fill("20")
    await page().locator("#update_schedule-error").getByText("Both files would be fetched at about the same time").waitFor()
    await inTallWindow(page(), phone, async () => {
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    await page().getByRole("button", { name: "Create feed" }).click()
    await page().locator("#update_schedule-error").waitFor()
    expect(await feeds()).toEqual([])
    await choose(page(), "Rhythm", "By the day", whole)
    await whole.getByLabel("Time of day").fill("03:20")
    await updates.getByLabel("Minute of the hour").fill("50")
    await page().locator("#update_schedule-error").waitFor({ state: "detached" })
  })

  it("makes a fast feed, and a slow one beside it", async () => {
    await page().getByRole("radio", { name: /^Fast/ }).click()
    await choose(page(), "File format", "TSV")
    await page().getByRole("button", { name: "Create feed" }).click()
    await page().locator("[data-testid=feed-state][data-strategy=fast][data-state=served]").waitFor()
    await card("fast").getByText("Sent at once and in no file").waitFor()
    await card("fast").getByText("TSV", { exact: true }).waitFor()

    await page().getByRole("button", { name: "Add a second feed" }).click()
    const form = page().getByTestId("create-feed")
    await form.getByText("The catalogue's other feed is of this kind.").waitFor()
    expect(await form.getByRole("radio", { name: /^Fast/ }).isDisabled()).toBe(true)
    expect(await form.getByRole("radio", { name: /^Slow/ }).isChecked()).toBe(true)
    await form.getByRole("button", { name: "Create feed" }).click()
    await badge("slow").waitFor()
    await card("slow").getByText("In files; only sell-outs are sent at once").waitFor()
    await card("slow").getByTestId("feed-updates").getByText("Every 12 hours").waitFor()
    await page().locator("[data-testid=feed-state][data-strategy=slow][data-state=empty]").waitFor()
    expect(await card("slow").getByRole("button", { name: "Publish this file" }).count()).toBe(0)
    expect((await feeds()).map(({ strategy, format }) => ({ strategy, format }))).toEqual([
      { strategy: "fast", format: "tsv" },
      { strategy: "slow", format: "csv" },
    ])
  })

  it("changes the hours and the format later, and is asked before a change is thrown away", async () => {
    await more("slow", "Feed settings")
    await dialog().getByText("The schedule can be changed and not ended.").waitFor()
    expect(await save().isDisabled()).toBe(true)
    await schedule("update_schedule").getByLabel("Every how many hours").fill("6")
    await choose(page(), "Rhythm", "By the week", schedule("schedule"))
    await choose(page(), "Day of the week", "Sunday", schedule("schedule"))
    await schedule("schedule").scrollIntoViewIfNeeded()
    await picture(page(), "feed-schedule")
    await inTallWindow(page(), phone, async () => {
      await schedule("schedule").scrollIntoViewIfNeeded()
      await picture(page(), "feed-schedule-phone")
      expect(await dialog().evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    })
    await choose(page(), "File format", "Atom")
    await dialog().getByText("The next file has this format.").waitFor()
    await page().keyboard.press("Escape")
    await page().getByRole("alertdialog").getByRole("button", { name: "Keep typing" }).click()
    await save().click()
    await dialog().waitFor({ state: "hidden" })
    await card("slow").getByTestId("feed-updates").getByText("Every 6 hours").waitFor()
    const slow = (await feeds()).find(({ strategy }) => strategy === "slow")!
    expect(slow).toMatchObject({ format: "atom", schedule: { interval: "WEEKLY", day_of_week: "SUNDAY" }, updates: { schedule: { interval_count: 6 } } })
    await card("slow").getByText("Every week, on Sunday, at 03:20 (Europe/Berlin) · next fetch").waitFor()
  })

  it("sees what somebody changed at Meta, and has the last word", async () => {
    const slow = await until("Meta knows the new schedule", async () => {
      const feed = (await feeds()).find(({ strategy }) => strategy === "slow")
      const known = (await control().feeds(session.meta.catalogId)).find(({ id }) => id === feed?.meta_feed_id)
      return known?.schedule?.day_of_week === "SUNDAY" && feed
    })
    await atMetaSet(slow.meta_feed_id!, { ...(await scheduleAtMeta(slow)), day_of_week: "TUESDAY", hour: 5 })
    await noticeDrift(slow, [
      { field: "schedule.hour", ours: 3, metas: 5 },
      { field: "schedule.day_of_week", ours: "SUNDAY", metas: "TUESDAY" },
    ])
    await page().reload()
    const drift = card("slow").getByTestId("feed-drift")
    await drift.getByText("ours SUNDAY · Meta's TUESDAY").waitFor()
    await picture(page(), "feed-drift", drift)
    await inTallWindow(page(), phone, async () => {
      await picture(page(), "feed-drift-phone", drift)
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    await drift.getByRole("button", { name: "Restore ours" }).click()
    await drift.waitFor({ state: "detached" })
    expect(await scheduleAtMeta(slow)).toMatchObject({ day_of_week: "SUNDAY", hour: 3 })

    await atMetaSet(slow.meta_feed_id!, { ...(await scheduleAtMeta(slow)), day_of_week: "FRIDAY" })
    await noticeDrift(slow, [{ field: "schedule.day_of_week", ours: "SUNDAY", metas: "FRIDAY" }])
    await page().reload()
    await drift.getByRole("button", { name: "Keep Meta's schedule" }).click()
    await drift.waitFor({ state: "detached" })
    await card("slow").getByText("on Friday").waitFor()
    expect((await feeds()).find(({ id }) => id === slow.id)?.schedule).toMatchObject({ interval: "WEEKLY", day_of_week: "FRIDAY" })
  })

  it("moves an item only with the consequence ticked, and sees it listed again", async () => {
    await until("every item is listed", async () => (await status()).counts.in_step > 200)
    const [fast, slow] = await feeds()
    const before = await atMeta()
    expect(before?.feed_id).toBe(fast.meta_feed_id)

    await more("fast", "Move items to the other feed")
    await page().getByRole("heading", { name: "Move items to the slow feed" }).waitFor()
    await page().getByTestId("move-consequence").getByText("Meta deletes these items with their product tags and their ranking").waitFor()
    const move = dialog().getByRole("button", { name: "Move items", exact: true })
    await page().getByLabel("Search by name").fill("no such thing anywhere")
    await page().getByText("Nothing is found.").waitFor()
    await choose(page(), "Choose by", "Variant")
    await page().getByLabel("Search by name").fill(plain().sku!)
    await page().locator("[data-testid=found-parts][data-scope=variant]").getByRole("checkbox").first().click()
    await page().getByTestId("chosen-parts").getByText("1 chosen:").waitFor()
    expect(await move.isDisabled()).toBe(true)
    await page().getByRole("checkbox", { name: /^Yes, delete these items at Meta/ }).click()
    expect(await move.isDisabled()).toBe(false)
    // What was ticked for some items is not ticked for the whole feed.
    await page().getByRole("radio", { name: /^The whole feed/ }).click()
    expect(await move.isDisabled()).toBe(true)
    await page().getByRole("radio", { name: /^Chosen items/ }).click()
    await page().getByRole("checkbox", { name: /^Yes, delete these items at Meta/ }).click()
    expect(await page().locator("[data-testid=found-parts]").getAttribute("data-scope")).toBe("variant")
    await page().locator("[data-sonner-toast]").first().waitFor({ state: "hidden" })
    await picture(page(), "move-items")
    await inTallWindow(page(), phone, async () => {
      expect(await dialog().evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    })
    await move.click()
    await dialog().waitFor({ state: "hidden" })
    const way = card("slow").getByTestId("feed-moves")
    await way.getByText("1 item comes from the other feed").waitFor()
    await inTallWindow(page(), phone, async () => {
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })

    const after = await until("the item is in the slow feed at Meta", async () => {
      const item = await atMeta()
      return item?.feed_id === slow.meta_feed_id && item
    })
    expect(after.id).not.toBe(before!.id)
    await way.waitFor({ state: "hidden" })
  })

  it("lists the files of a feed, and finds in them what changed", async () => {
    const [fast] = await feeds()
    const { snapshots } = await admin<AdminSnapshots>(`feeds/${fast.id}/snapshots`)
    const without = snapshots.find(({ rows }, index) => rows < snapshots[index + 1]?.rows)!
    await more("fast", "Files and what changed")
    await page().getByRole("heading", { name: "Files of the feed" }).waitFor()
    const row = page().locator(`[data-snapshot="${without.number}"]`)
    await row.getByRole("button", { name: "What changed" }).click()
    const diff = row.getByTestId("snapshot-diff")
    await diff.and(page().locator("[data-status=done]")).waitFor()
    await diff.locator("[data-figure=removed]").getByText("1", { exact: true }).waitFor()
    await diff.locator("[data-kind=removed]").getByText(plain().sku!).waitFor()
    await picture(page(), "files")
    await inTallWindow(page(), phone, async () => {
      await picture(page(), "files-phone")
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    const [download] = await Promise.all([page().waitForEvent("download"), diff.getByRole("button", { name: "Download every change (CSV)" }).click()])
    expect(download.suggestedFilename()).toBe(`changes-${without.number - 1}-to-${without.number}.csv`)
    const lines = (await readFile(await download.path(), "utf-8")).split("\n")
    expect(lines[0]).toContain("retailer_id,kind,column,before,after")
    expect(lines.filter((line) => line.includes(",removed,")).map((line) => line.split(",")[0])).toEqual([plain().sku])
    await page().getByRole("link", { name: "← Example Outdoor" }).click()
  })

  it("sees what a held file would change before it is published", async () => {
    await inStore("update product set material = null")
    await card("fast").getByRole("button", { name: "Regenerate" }).click()
    await page().locator("[data-testid=feed-state][data-strategy=fast][data-state=held]").waitFor()
    const held = card("fast").getByRole("alert").filter({ hasText: "A new file waits for your word" })
    expect((await held.getByRole("button").allInnerTexts()).slice(0, 2)).toEqual(["What changed", "Publish this file"])
    await held.getByRole("button", { name: "What changed" }).click()
    const column = held.getByTestId("diff-columns").locator("[data-column=material]")
    await column.getByText(/^\d+ rows · \d+ lose their value$/).waitFor()
    await picture(page(), "held", held)
    await inTallWindow(page(), phone, async () => {
      await picture(page(), "held-phone", held)
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    await held.getByRole("button", { name: "Publish this file" }).click()
    await page().locator("[data-testid=feed-state][data-strategy=fast][data-state=served]").waitFor()
  })

  it("has Meta take a file in once, sent along and without deleting", async () => {
    const [fast] = await feeds()
    await more("fast", "One-time upload")
    await dialog().getByRole("radio", { name: /^Update only/ }).click()
    await dialog().getByRole("radio", { name: /^By file/ }).click()
    await dialog().getByRole("button", { name: "Upload now" }).click()
    await dialog().waitFor({ state: "hidden" })
    const upload = await until("the upload is known", async () => {
      const { uploads } = await status()
      return uploads.find((known) => known.feed_id === fast.id && known.update_only && known.snapshot_id !== null)
    })
    const known = (await control().uploads(fast.meta_feed_id!)).find(({ id }) => id === upload.meta_upload_id)
    expect(known).toMatchObject({ url: null, num_deleted_items: 0 })
  })

  it("puts the prices of a country and further columns over the items, and takes them away again", async () => {
    const overlay = (kind: string) => page().locator(`[data-overlay=${kind}]`)
    await page().getByText("Such a feed has no items of its own.").first().waitFor()
    await page().getByRole("button", { name: "Add a feed over the items" }).click()
    const create = dialog().getByRole("button", { name: "Create feed" })
    await dialog().getByRole("radio", { name: /^Language/ }).click()
    expect(await create.isDisabled()).toBe(true)
    await dialog().getByRole("radio", { name: /^Country/ }).click()
    await dialog().getByLabel("Country", { exact: true }).last().fill("us")
    await choose(page(), "Currency", "EUR", dialog())
    await create.click()
    await dialog().locator("#override-currency-error").getByText("the region sells in USD").waitFor()
    await choose(page(), "Currency", "The region's currency", dialog())
    await inTallWindow(page(), phone, async () => {
      expect(await dialog().evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    })
    await create.click()
    await dialog().waitFor({ state: "hidden" })
    await overlay("country").getByText("Prices in USD").waitFor()

    await page().getByRole("button", { name: "Add a feed over the items" }).click()
    await dialog().getByRole("radio", { name: /^Further columns/ }).click()
    await dialog().getByPlaceholder("Column, by Meta's name").fill("quantity")
    await dialog().getByText("No column has such a name.").waitFor()
    await dialog().getByPlaceholder("Column, by Meta's name").fill("brand")
    await dialog().getByRole("checkbox", { name: "brand" }).click()
    await create.click()
    await dialog().waitFor({ state: "hidden" })
    await overlay("supplementary").and(page().locator("[data-state=served]")).waitFor()
    await overlay("country").and(page().locator("[data-state=served]")).waitFor()
    await overlay("supplementary").scrollIntoViewIfNeeded()
    await page().locator("[data-sonner-toast]").first().waitFor({ state: "hidden" })
    await picture(page(), "overlays", page().getByTestId("overlays"))
    await inTallWindow(page(), phone, async () => {
      await picture(page(), "overlays-phone", page().getByTestId("overlays"))
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    expect((await control().feeds(session.meta.catalogId)).length).toBe(4)

    await overlay("supplementary").getByRole("button", { name: "More actions" }).click()
    await page().getByRole("menuitem", { name: "Delete" }).click()
    await page().getByRole("alertdialog").getByText("No item is deleted.").waitFor()
    await page().getByRole("alertdialog").getByRole("button", { name: "Delete" }).click()
    await overlay("supplementary").waitFor({ state: "detached" })
    expect((await control().feeds(session.meta.catalogId)).length).toBe(3)
  })

  it("speaks the language of the admin", async () => {
    for (const [language, title] of [["de", "Langsamer Feed"], ["es", "Feed lento"], ["fr", "Flux lent"]]) {
      await page().evaluate((chosen) => localStorage.setItem("lng", chosen), language)
      await page().context().clearCookies({ name: "lng" })
      await page().reload()
      await page().getByRole("heading", { name: title }).waitFor()
      expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
    }
    expect(session.pageErrors).toEqual([])
  })

  async function more(strategy: AdminFeed["strategy"], name: string): Promise<void> {
    await card(strategy).getByRole("button", { name: "More actions" }).click()
    await page().getByRole("menuitem", { name }).click()
  }

  async function admin<T>(path: string, body?: object): Promise<T> {
    const authorization = `Basic ${Buffer.from(`${session.facts.secretKey}:`).toString("base64")}`
    const response = await fetch(`${session.store.url}/admin/meta-catalog/${path}`, {
      method: body ? "POST" : "GET",
      headers: { authorization, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    })
    expect(response.ok).toBe(true)
    return (await response.json()) as T
  }

  const status = () => admin<AdminCatalogStatus>(`catalogs/${catalog.id}/status`)
  const feeds = async () => (await admin<{ feeds: AdminFeed[] }>(`catalogs/${catalog.id}/feeds`)).feeds
  const schedule = (name: "schedule" | "update_schedule") => page().locator(`[data-schedule=${name}]`)

  /** As a person does in Meta's own pages. */
  async function atMetaSet(metaFeedId: string, changed: object): Promise<void> {
    const body = new URLSearchParams({ access_token: session.meta.token, schedule: JSON.stringify(changed) })
    const reply = await fetch(`${session.sandbox.url}/v25.0/${metaFeedId}`, { method: "POST", body })
    expect({ status: reply.status, body: reply.ok || (await reply.text()) }).toEqual({ status: 200, body: true })
  }

  async function scheduleAtMeta(feed: AdminFeed) {
    return (await control().feeds(session.meta.catalogId)).find(({ id }) => id === feed.meta_feed_id)!.schedule
  }

  /** What the hourly reading of Meta's settings writes down; a test does not wait for the hour. */
  async function noticeDrift(feed: AdminFeed, drift: AdminFeed["drift"]): Promise<void> {
    await inStore("update meta_catalog_feed set drift = $2, drift_seen_at = now() where id = $1", [feed.id, JSON.stringify(drift)])
  }

  async function inStore(sql: string, values: string[] = []): Promise<void> {
    const client = new Client({ connectionString: session.store.databaseUrl })
    await client.connect()
    try {
      await client.query(sql, values)
    } finally {
      await client.end()
    }
  }

  const atMeta = async () => (await control().items(session.meta.catalogId)).find((item) => item.retailer_id === plain().sku)

  /** The first truthy answer. */
  async function until<T>(what: string, ask: () => Promise<T | false | undefined>): Promise<T> {
    for (const deadline = Date.now() + 240_000; Date.now() < deadline; await page().waitForTimeout(1_000)) {
      const answer = await ask()
      if (answer) {
        return answer
      }
    }
    throw new Error(`Waited four minutes in vain: ${what}`)
  }
})
