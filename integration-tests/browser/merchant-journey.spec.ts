import { Client } from "pg"
import { desktop, choose, inTallWindow, logIn, phone, picture, startAdminSession, type AdminSession } from "./admin-session"

/**
 * What a merchant does, from the first login to the last disconnect, in one browser against a real store and Meta's
 * side. Each test goes on where the one before ended.
 */
describe("a merchant and the Meta catalogue", () => {
  let session: AdminSession

  beforeAll(async () => {
    session = await startAdminSession("journey")
    await logIn(session)
  })

  afterAll(async () => {
    await session?.stop()
  })

  const page = () => session.page
  const control = () => session.sandbox.control
  const template = "https://shop.example.com/{country}/products/{handle}?variant={variant_id}"

  async function openSettings(): Promise<void> {
    await page().goto(`${session.store.url}/app/settings/meta-catalog`)
  }

  async function openProduct(productId: string): Promise<void> {
    await page().goto(`${session.store.url}/app/products/${productId}`)
    await page().getByTestId("product-catalog").scrollIntoViewIfNeeded()
  }

  /** The number below one state on the settings page. */
  async function itemCount(state: string): Promise<number> {
    const text = await page().locator(`[data-testid=item-counts] [data-state=${state}] dd`).innerText()
    return Number(text.replace(/\D/g, ""))
  }

  /** Asks again until the answer is the one expected, and fails with the last answer. */
  async function eventually<T>(ask: () => Promise<T>, expected: T, seconds = 120): Promise<void> {
    let answer = await ask()
    for (const deadline = Date.now() + seconds * 1000; answer !== expected && Date.now() < deadline; answer = await ask()) {
      await page().waitForTimeout(250)
    }
    expect(answer).toBe(expected)
  }

  it("is told what to do first", async () => {
    await openSettings()
    await page().getByText("No Meta catalogue is connected yet").waitFor()
    await page().getByRole("button", { name: "Connect a catalogue" }).click()
    await page().getByRole("heading", { name: "Connect a Meta catalogue" }).waitFor()
  })

  it("sees at the field why a token does not work, and keeps what was typed", async () => {
    await page().getByLabel("Meta catalogue id").fill(session.meta.catalogId)
    await page().getByLabel("Access token").fill("not-a-token")
    await page().getByRole("button", { name: "Test connection" }).click()
    await page().locator("[data-check=token][data-outcome=fails]").waitFor()
    await page().locator("#access_token-error").getByText("Meta does not accept the access token").waitFor()

    await choose(page(), "Sales channel", "Web shop")
    await choose(page(), "Region", /^Europe/)
    await choose(page(), "Country", /Germany/i)
    await page().getByLabel("Product URL template").fill(template)
    await page().getByRole("button", { name: "Connect", exact: true }).click()
    await page().locator("#access_token-error").getByText("Meta does not accept the access token").waitFor()
    expect(await page().getByLabel("Meta catalogue id").inputValue()).toBe(session.meta.catalogId)
    expect(await page().getByLabel("Product URL template").inputValue()).toBe(template)
  })

  it("is asked before anything typed is thrown away", async () => {
    await page().keyboard.press("Escape")
    await page().getByRole("alertdialog").getByRole("button", { name: "Keep typing" }).click()
    await page().getByRole("alertdialog").waitFor({ state: "hidden" })
    expect(await page().getByLabel("Meta catalogue id").inputValue()).toBe(session.meta.catalogId)
  })

  it("sees at the field why a product URL template does not work", async () => {
    await page().getByLabel("Access token").fill(session.meta.token)
    await page().getByLabel("Product URL template").fill("https://shop.example.com/{country}/products/")
    await page().getByRole("button", { name: "Connect", exact: true }).click()
    await page().locator("#product_url_template-error").getByText("must contain {handle} or {variant_id}").waitFor()

    await page().getByLabel("Product URL template").fill(template)
    const example = await page().getByTestId("example-url").innerText()
    expect(example).toMatch(/https:\/\/shop\.example\.com\/de\/products\/[^/{}?]+\?variant=variant_\w+$/)
  })

  it("connects with a token that works", async () => {
    await page().getByLabel("Name").fill("Example Outdoor")
    await page().getByLabel("Default brand").fill("Example Outdoor")
    await page().getByRole("button", { name: "Test connection" }).click()
    await page().locator("[data-check=catalog][data-outcome=works]").waitFor()
    await picture(page(), "connect")
    await page().getByRole("button", { name: "Connect", exact: true }).click()
    await page().waitForURL(/settings\/meta-catalog\/mcat_/)
    await page().getByRole("heading", { name: "Example Outdoor" }).waitFor()
  })

  it("creates the feed, and sees what Meta took in", async () => {
    await page().getByRole("button", { name: "Create feed" }).click()
    await page().locator("[data-testid=feed-state][data-state=served]").waitFor()
    const upload = page().getByTestId("uploads").locator("li").first()
    await upload.locator("[data-state=with_errors], [data-state=with_warnings], [data-state=clean]").waitFor()

    const [feed] = await control().feeds(session.meta.catalogId)
    const [there] = await control().uploads(feed.id)
    expect(Number(await page().getByTestId("feed-rows").getAttribute("data-rows"))).toBe(there.num_detected_items)
    const shown = async (name: string) => Number((await upload.locator(`[data-count=${name}] dd`).innerText()).replace(/\D/g, ""))
    expect(await shown("detected")).toBe(there.num_detected_items)
    expect(await shown("persisted")).toBe(there.num_persisted_items)
    expect(await shown("invalid")).toBe(there.num_invalid_items)
    expect(await shown("warning_count")).toBe(there.warning_count)
    await page().getByText("facebookexternalhit").waitFor()
  })

  it("sees every listed item come in step with Meta", async () => {
    const items = await control().items(session.meta.catalogId)
    expect(items.length).toBeGreaterThan(200)
    await eventually(() => itemCount("in_step"), items.length)
    await eventually(() => page().getByTestId("activity").innerText(), "")
  })

  it("regenerates and uploads once more", async () => {
    const [feed] = await control().feeds(session.meta.catalogId)
    const before = await page().locator("[data-testid=feed-rows]").getAttribute("data-snapshot")
    await page().getByRole("button", { name: "Regenerate" }).click()
    await page().locator(`[data-testid=feed-rows]:not([data-snapshot="${before}"])`).waitFor()
    await page().getByRole("button", { name: "Upload now" }).click()
    await eventually(async () => (await control().uploads(feed.id)).length, 2)
    const last = page().getByTestId("uploads").locator("li").first()
    const [, second] = (await control().uploads(feed.id)).sort((a, b) => a.start_time.localeCompare(b.start_time))
    await last.getByText(`session ${second.id}`).waitFor()
    await last.locator("[data-state=with_errors], [data-state=with_warnings], [data-state=clean]").waitFor()
    const items = await control().items(session.meta.catalogId)
    await eventually(() => itemCount("in_step"), items.length)
  })

  it("sees at the field why single-item updates do not fit a catalogue with a feed", async () => {
    await page().getByRole("button", { name: "Edit", exact: true }).click()
    await page().getByRole("radio", { name: "Item by item, without a feed" }).click()
    await page().getByRole("button", { name: "Save", exact: true }).click()
    await page().locator("#transport-error").getByText("this catalogue has a feed").waitFor()
    await page().getByRole("radio", { name: "In batches, beside the feed" }).click()
    await page().getByRole("button", { name: "Cancel", exact: true }).click()
    await page().getByRole("dialog").waitFor({ state: "hidden" })
  })

  /** An item whose quantity somebody raises at Meta, and what the store told Meta before. */
  const raised = { sku: "", quantity: 0 }

  it("asks for an audit, which begins within a minute", async () => {
    await letTimePass(11)
    const item = (await control().items(session.meta.catalogId)).find(({ quantity_to_sell_on_facebook }) => (quantity_to_sell_on_facebook ?? 0) > 0)!
    Object.assign(raised, { sku: item.retailer_id, quantity: item.quantity_to_sell_on_facebook })
    await control().putItems(session.meta.catalogId, [{ id: raised.sku, quantity_to_sell_on_facebook: raised.quantity + 50 }])
    await page().getByText("No audit yet").waitFor()
    await page().getByRole("button", { name: "Audit now" }).click()
    await page().locator("[data-testid=audit-progress] p, [data-testid=audit-progress] div, [data-testid=audit-result]").first().waitFor()
  })

  it("speaks the language of the admin", async () => {
    const speak = async (language: string) => {
      await page().evaluate((chosen) => localStorage.setItem("lng", chosen), language)
      await page().context().clearCookies({ name: "lng" })
      await page().reload()
    }
    await speak("de")
    await page().getByRole("heading", { name: "Offene Probleme" }).waitFor()
    await page().getByRole("button", { name: "Neu erzeugen" }).waitFor()
    expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
    await speak("en")
    await page().getByRole("heading", { name: "Open issues" }).waitFor()
  })

  it("follows an issue to its product and reads what to do", async () => {
    const { productId } = session.facts.variants.find(({ kind }) => kind === "wrong_gtin")!
    await choose(page(), "Severity", "Warning")
    await choose(page(), "Source", "Checked here")
    const listed = page().getByTestId("issues").locator("li", { hasText: "gtin" }).first()
    await listed.waitFor()
    expect(await listed.innerText()).toContain("What to do:")
    await listed.getByRole("link", { name: "Nutcracker" }).click()
    await page().waitForURL(`**/app/products/${productId}`)
    const widget = page().getByTestId("product-catalog")
    const issue = widget.locator("[data-issue]", { hasText: "gtin" }).first()
    await issue.waitFor()
    expect(await issue.innerText()).toContain("What to do:")
    expect(await page().getByTestId("feed-headline").innerText()).toMatch(/Feed built .+ · fetched by Meta .+ · last upload: \d+ taken in, \d+ rejected/)
    await inTallWindow(page(), { width: desktop.width, height: 2600 }, () => picture(page(), "widget-issues", widgetCard()))
  })

  it("reads what the audit found, to the item", async () => {
    await openSettings()
    await page().getByText("Example Outdoor").first().click()
    await page().getByTestId("audit-result").waitFor()
    const found = async (name: string) => Number((await page().locator(`[data-testid=audit-result] [data-count=${name}] dd`).innerText()).replace(/\D/g, ""))
    const listed = (await control().items(session.meta.catalogId)).length
    expect(await found("checked")).toBe(listed)
    expect(await found("agree")).toBe(listed - 1)
    expect(await found("above")).toBe(1)
    const percent = Math.floor(((listed - 1) / listed) * 10_000) / 100
    expect(await page().getByTestId("agreement").innerText()).toBe(`${percent} % agree`)
    const there = async () => (await control().item(session.meta.catalogId, raised.sku))?.quantity_to_sell_on_facebook
    await eventually(there, raised.quantity)
    expect(await page().getByTestId("budget").innerText()).toMatch(/Calls to Meta this hour: \d+ of \d+\./)
  })

  it("looks right on a desk, in the dark and on a phone", async () => {
    await noToasts()
    await inTallWindow(page(), { width: desktop.width, height: 1500 }, () => picture(page(), "settings"))
    await page().evaluate(() => document.documentElement.classList.add("dark"))
    await picture(page(), "settings-dark")
    await page().evaluate(() => document.documentElement.classList.remove("dark"))
    await inTallWindow(page(), { width: phone.width, height: 1600 }, async () => {
      await picture(page(), "settings-phone")
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
  })

  /** Above eight variants the widget shows those that need attention first and the rest on demand. */
  const showAllVariants = async () => await page().getByRole("button", { name: /^Show all/ }).click()

  it("watches a changed stock travel to Meta and come back acknowledged", async () => {
    const variant = session.facts.variants.find(({ kind, inventoryItemIds }) => kind === "size_colour" && inventoryItemIds.length === 1)!
    await openProduct(variant.productId)
    await showAllVariants()
    await row(variant.variantId, "in_step").waitFor()
    const before = await acknowledged(variant.variantId)

    // Meta takes its time until told otherwise, so that a slow page still sees the item on its way.
    await control().setSettings({ batch_delay_ms: [600_000, 600_000] })
    await setStock(variant.inventoryItemIds[0], 77)
    await page().reload()
    await row(variant.variantId, "in_flight").waitFor()
    expect(await acknowledged(variant.variantId)).toBe(before)
    await inTallWindow(page(), { width: desktop.width, height: 3200 }, () => picture(page(), "widget", widgetCard()))

    await control().setSettings({ batch_delay_ms: [200, 600] })
    await control().settle()
    await showAllVariants()
    await row(variant.variantId, "in_step").waitFor()
    const wanted = await available(variant.inventoryItemIds[0])
    expect(wanted).not.toBe(before)
    expect(await acknowledged(variant.variantId)).toBe(wanted)
    expect((await control().item(session.meta.catalogId, variant.sku!))?.quantity_to_sell_on_facebook).toBe(wanted)
    await inTallWindow(page(), { width: phone.width, height: 5200 }, () => picture(page(), "widget-phone", widgetCard()))
  })

  it("sends a product by hand, and reads in a variant's history what was sent and why", async () => {
    const { variantId, productId } = session.facts.variants.find(({ kind, inventoryItemIds }) => kind === "size_colour" && inventoryItemIds.length === 1)!
    const listed = session.facts.variants.filter((variant) => variant.productId === productId).length
    await page().getByRole("button", { name: "Sync this product now" }).click()
    await page().getByTestId("sync-answer").getByText(`${listed} items are sent now.`).waitFor()

    const variant = page().locator(`[data-variant=${variantId}]`)
    await variant.getByRole("button", { name: "Show history" }).focus()
    await page().keyboard.press("Enter")
    const [newest, before] = [variant.getByTestId("history").locator("li").nth(0), variant.getByTestId("history").locator("li").nth(1)]
    await newest.getByText("because of “Sync this product now”").waitFor()
    await newest.getByText("Acknowledged").waitFor()
    expect(await before.innerText()).toContain("because of a stock change")
    expect(await before.innerText()).toMatch(/\d+ in stock → \d+ in stock/)
    await inTallWindow(page(), { width: phone.width, height: 1600 }, async () => {
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    await picture(page(), "history", variant)
    expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
  })

  it("is told why nothing is sent when the token ends, and goes on once it works again", async () => {
    const variant = session.facts.variants.find(({ kind }) => kind === "plain")!
    await control().updateToken(session.meta.token, { state: "expired" })
    await setStock(variant.inventoryItemIds[0], 55)
    await openSettings()
    await page().getByText("Paused", { exact: true }).waitFor()
    await page().getByText("Example Outdoor").first().click()
    await page().getByRole("alert").getByText("Paused: nothing is sent to this catalogue").waitFor()
    await page().getByRole("alert").getByText("Enter a new access token").waitFor()
    await picture(page(), "paused")

    const test = page().getByRole("alert").getByRole("button", { name: "Test connection" })
    await test.click()
    await page().locator("[data-check=token][data-outcome=fails]").waitFor()
    await control().updateToken(session.meta.token, { state: "valid" })
    await test.click()
    await page().getByText("Active", { exact: true }).waitFor()
    const there = async () => (await control().item(session.meta.catalogId, variant.sku!))?.quantity_to_sell_on_facebook
    await eventually(there, await available(variant.inventoryItemIds[0]))
  })

  it("stops selling with one button, and resumes", async () => {
    const selling = async () => {
      const items = await control().items(session.meta.catalogId)
      return JSON.stringify(items.map(({ retailer_id, quantity_to_sell_on_facebook, availability }) => [retailer_id, quantity_to_sell_on_facebook, availability]).sort())
    }
    const before = await selling()
    await page().getByRole("button", { name: "Stop selling" }).click()
    const dialog = page().getByRole("alertdialog")
    await dialog.getByText("Every item goes to 0 on Meta at once").waitFor()
    await dialog.getByRole("button", { name: "Stop selling" }).click()
    await page().getByTestId("panic").getByText("Selling on Meta is stopped").waitFor()
    const left = async () => (await control().items(session.meta.catalogId)).filter(({ availability }) => availability !== "out of stock").length
    await eventually(left, 0)
    await picture(page(), "stopped")

    await page().getByRole("button", { name: "Resume selling" }).click()
    await page().getByTestId("panic").waitFor({ state: "hidden" })
    await eventually(selling, before)
  })

  it("disconnects and deletes the feed at Meta only with the typed catalogue id", async () => {
    await page().getByRole("button", { name: "Disconnect", exact: true }).click()
    await page().getByText("Also delete the feed at Meta").click()
    const confirm = page().getByRole("button", { name: "Disconnect and delete at Meta" })
    expect(await confirm.isDisabled()).toBe(true)
    await page().getByLabel(`Type the catalogue id ${session.meta.catalogId} to confirm`).fill(session.meta.catalogId)
    await confirm.click()
    await page().getByText("No Meta catalogue is connected yet").waitFor()
    expect(await control().feeds(session.meta.catalogId)).toEqual([])

    await page().goto(`${session.store.url}/app/products/${session.facts.variants[0].productId}`)
    await page().getByText("No Meta catalogue is connected", { exact: true }).waitFor()
  })

  it("has met no error of the page on the way", () => {
    expect(session.pageErrors).toEqual([])
  })

  /** Moves the plugin's clock on, as if nothing had happened for so many minutes. */
  async function letTimePass(minutes: number): Promise<void> {
    const database = new Client({ connectionString: session.store.databaseUrl })
    await database.connect()
    await database.query(
      `create or replace function meta_catalog_now() returns timestamptz language sql stable as
       $$ select statement_timestamp() + interval '${minutes} minutes' $$`
    )
    await database.end()
  }

  /** Toasts cover the corner of a picture for some seconds. */
  async function noToasts(): Promise<void> {
    await eventually(() => page().locator("[data-sonner-toast]").count(), 0)
  }

  function row(variantId: string, state: string) {
    return page().locator(`[data-variant=${variantId}][data-state=${state}]`)
  }

  function widgetCard() {
    return page().getByTestId("product-catalog").locator("xpath=..")
  }

  async function acknowledged(variantId: string): Promise<number> {
    return Number(await page().locator(`[data-variant=${variantId}] [data-testid=acknowledged]`).getAttribute("data-quantity"))
  }

  /** What Medusa's inventory pages show as available at the two locations that supply the shop. */
  async function available(inventoryItemId: string): Promise<number> {
    const reply = await page().request.get(`${session.store.url}/admin/inventory-items/${inventoryItemId}/location-levels`)
    const { inventory_levels: levels } = (await reply.json()) as { inventory_levels: { location_id: string; available_quantity: number }[] }
    const { berlin, rotterdam } = session.facts.locationIds
    return levels.filter(({ location_id }) => [berlin, rotterdam].includes(location_id)).reduce((sum, level) => sum + level.available_quantity, 0)
  }

  /** Through the admin API with the session of the browser, as Medusa's inventory pages do. */
  async function setStock(inventoryItemId: string, quantity: number): Promise<void> {
    const path = `/admin/inventory-items/${inventoryItemId}/location-levels/${session.facts.locationIds.berlin}`
    const reply = await page().request.post(`${session.store.url}${path}`, { data: { stocked_quantity: quantity } })
    expect(reply.status()).toBe(200)
  }
})
