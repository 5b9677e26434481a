import type { AdminCatalog, AdminCatalogStatus, AdminFeed } from "../../src/api/admin/meta-catalog/types"
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
    expect(await page().getByLabel("Hours between files of updates").inputValue()).toBe("")
    await choose(page(), "File format", "RSS 2.0")
    await page().getByText("CSV is the safer choice").waitFor()

    // A select gives the focus back to itself a moment after its list is gone. Then by keyboard alone: down from Combined.
    await page().locator("#format:focus").waitFor()
    await page().getByRole("radio", { name: /^Combined/ }).press("ArrowDown", { delay: 100 })
    await page().getByText("A fast feed has to be CSV or TSV").waitFor()
    expect(await page().getByLabel("Hours between files of updates").count()).toBe(0)
    await page().getByRole("radio", { name: /^Slow/ }).click()
    const hours = page().getByLabel("Hours between files of updates")
    expect(await hours.inputValue()).toBe("12")
    await hours.fill("25")
    await page().locator("#hours-error").getByText("must be a whole number of hours from 1 to 24").waitFor()
    expect(await page().getByRole("button", { name: "Create feed" }).isDisabled()).toBe(true)
    await inTallWindow(page(), phone, async () => {
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
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
    await page().getByLabel("Hours between files of updates").fill("6")
    await choose(page(), "File format", "Atom")
    await dialog().getByText("The next file has this format.").waitFor()
    await page().keyboard.press("Escape")
    await page().getByRole("alertdialog").getByRole("button", { name: "Keep typing" }).click()
    await save().click()
    await dialog().waitFor({ state: "hidden" })
    await card("slow").getByTestId("feed-updates").getByText("Every 6 hours").waitFor()
    const slow = (await feeds()).find(({ strategy }) => strategy === "slow")!
    expect(slow).toMatchObject({ format: "atom", updates: { schedule: { interval_count: 6 } } })
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
    await page().locator("[data-sonner-toast]").waitFor({ state: "hidden" })
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
