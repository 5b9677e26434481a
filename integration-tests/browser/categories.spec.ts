import type { AdminCategories, AdminCategory } from "../../src/api/admin/meta-catalog/category-types"
import type { AdminColumns } from "../../src/api/admin/meta-catalog/column-types"
import type { AdminCatalog, AdminCatalogStatus } from "../../src/api/admin/meta-catalog/catalog-types"
import { farSchedule } from "../store/far-schedule"
import { choose, inTallWindow, logIn, phone, picture, startAdminSession, type AdminSession } from "./admin-session"

/** What a merchant does to say what the store's categories are at Google, where each column comes from, and what items and prices are called there. Each test goes on where the one before ended. */
describe("a merchant, Google's categories and the columns", () => {
  let session: AdminSession
  let catalog: AdminCatalog

  beforeAll(async () => {
    session = await startAdminSession("categories")
    await logIn(session)
    catalog = await connect()
  })

  afterAll(async () => {
    await session?.stop()
  })

  const page = () => session.page
  const row = async (name: string) => page().locator(`li[data-category=${(await categoryNamed(name)).id}]`)
  const google = async (name: string) => (await row(name)).getByTestId("google-category").innerText()
  const save = () => page().getByRole("button", { name: "Save", exact: true })

  it("accepts a suggestion with one click", async () => {
    await page().goto(`${session.store.url}/app/settings/meta-catalog/${catalog.id}`)
    await page().getByTestId("categories-summary").getByText("0 of 7 categories have a Google product category.").waitFor()
    await page().getByRole("button", { name: "Map categories" }).click()
    expect(await google("Shirts")).toBe("Not mapped")
    await (await row("Shirts")).getByRole("button", { name: "Accept Apparel & Accessories > Clothing > Shirts & Tops for Shirts" }).click()
    expect(await google("Shirts")).toBe("Apparel & Accessories > Clothing > Shirts & Tops")
    expect((await categoryNamed("Shirts")).own).toBeNull()
  })

  it("finds a category with the keyboard alone", async () => {
    const open = (await row("Kitchen")).getByRole("button", { name: "Choose a Google category for Kitchen" })
    await open.focus()
    await page().keyboard.press("Enter")
    await page().keyboard.type("qqqqzzzz")
    await page().getByText("No Google category fits.").waitFor()
    await page().keyboard.press("Escape")
    await page().getByTestId("google-categories").waitFor({ state: "detached" })
    expect(await open.evaluate((button) => button === document.activeElement)).toBe(true)
    await page().keyboard.press("Enter")
    await page().keyboard.type("drinkware mugs")
    await page().getByTestId("google-categories").getByText("Home & Garden > Kitchen & Dining > Tableware > Drinkware > Mugs", { exact: true }).waitFor()
    await picture(page(), "categories")
    await page().keyboard.press("Enter")
    expect(await google("Kitchen")).toBe("Home & Garden > Kitchen & Dining > Tableware > Drinkware > Mugs")
  })

  it("fits a phone and the dark", async () => {
    await page().evaluate(() => document.documentElement.classList.add("dark"))
    await inTallWindow(page(), { width: phone.width, height: 1600 }, async () => {
      await picture(page(), "categories-phone")
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
      const list = page().getByTestId("categories")
      expect(await list.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    })
    await page().evaluate(() => document.documentElement.classList.remove("dark"))
  })

  it("is asked before changes are thrown away, and saves them", async () => {
    await page().getByRole("button", { name: "Cancel", exact: true }).click()
    await page().getByRole("alertdialog").getByRole("button").first().click()
    await save().click()
    await page().getByTestId("categories-summary").getByText("2 of 7 categories have a Google product category.").waitFor()
    expect((await categoryNamed("Shirts")).own?.id).toBe("212")
    expect((await categoryNamed("Kitchen")).own?.id).toBe("2169")
  })

  it("takes one away", async () => {
    await page().getByRole("button", { name: "Map categories" }).click()
    await page().getByLabel("Find a category of the store").fill("kit")
    expect(await page().getByTestId("categories").locator("li").count()).toBe(1)
    await page().getByRole("button", { name: "Remove the Google category of Kitchen" }).click()
    await save().click()
    await page().getByTestId("categories-summary").getByText("1 of 7 categories have a Google product category.").waitFor()
    expect((await categoryNamed("Kitchen")).own).toBeNull()
    expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
    expect(session.pageErrors).toEqual([])
  })

  it("reads where every column comes from, with the values of a product", async () => {
    await page().getByTestId("columns-summary").getByText(/^0 of \d+ columns/).waitFor()
    await page().getByRole("link", { name: "Set columns" }).click()
    await page().getByRole("heading", { name: "Columns", level: 1 }).waitFor()
    expect(await source("color")).toBe("option Color, else metadata color")
    expect(await source("custom_label_0")).toBe("Not in the file")
    await column("title").getByText("Required by Meta").waitFor()
    await column("title").getByText("at most 100 characters").waitFor()
    expect(await column("availability").getByRole("button").count()).toBe(0)

    const { productId } = session.facts.variants.filter(({ kind }) => kind === "plain").at(-1)!
    const { product } = await get<{ product: { title: string } }>(`/admin/products/${productId}?fields=title`)
    expect(await column("title").getByTestId("column-value").innerText()).not.toContain(product.title)
    await page().getByRole("button", { name: "Another product" }).click()
    await page().getByLabel("Search by name").fill(product.title)
    await page().getByTestId("example-products").getByRole("button", { name: product.title, exact: true }).first().click()
    await page().getByTestId("example-product").getByText(`Values are shown for ${product.title}`).waitFor()
    await column("title").getByText(`Example: ${product.title}`).waitFor()
  })

  it("sets sources, moves them with the keyboard, and is told what Meta or the plugin would refuse", async () => {
    await page().getByLabel("Column, by Meta's name").fill("custom_label_0")
    await page().getByRole("button", { name: "Edit the source of custom_label_0" }).click()
    const editor = column("custom_label_0").getByTestId("column-editor")
    await choose(page(), "Add a source for custom_label_0", "The same text for all", editor)
    await editor.getByLabel("Value").fill("summer")
    await choose(page(), "Add a source for custom_label_0", "A template", editor)
    await editor.getByLabel("Template").fill("{product.nope}")
    await preview()
    await editor.getByRole("alert").getByText("does not know {product.nope}").waitFor()
    await editor.getByLabel("Template").fill("{option.Color} {metadata.nothing}")
    expect(await editor.getByRole("alert").count()).toBe(0)

    const up = editor.getByRole("button", { name: /^Move up: “{option.Color}/ })
    await up.focus()
    await page().keyboard.press("Enter")
    expect(await source("custom_label_0")).toBe("“{option.Color} {metadata.nothing}”, else always “summer”")
    expect(await editor.getByRole("button", { name: /^Move down: “{option.Color}/ }).evaluate((button) => button === document.activeElement)).toBe(true)
    await choose(page(), "Add a source for custom_label_0", "Tags", editor)
    await editor.getByRole("button", { name: "Remove: the tags" }).press("Enter")
    expect(await editor.getByRole("listitem").count()).toBe(2)
  })

  it("sees what all changes together would do, before they are saved", async () => {
    await page().getByLabel("Column, by Meta's name").fill("title")
    await page().getByRole("button", { name: "Edit the source of title" }).click()
    const editor = column("title").getByTestId("column-editor")
    await choose(page(), "Source", "Metadata", editor)
    await editor.getByLabel("Key").fill("nothing has this")
    await page().getByLabel("Column, by Meta's name").fill("")
    await preview()
    const found = page().locator("[data-testid=columns-preview][data-state=current]")
    await found.waitFor()
    const items = Number(/^(\d+) items were looked at/m.exec(await found.innerText())![1])
    expect(items).toBeGreaterThan(200)
    await found.locator("[data-column=custom_label_0]").getByText(`${items} values change · filled 0 → ${items}`).waitFor()
    await found.locator("[data-column=title]").getByText(`filled ${items} → 0`).waitFor()
    await found.getByText(/more items would not be complete enough for Meta/).waitFor()
    await column("custom_label_0").scrollIntoViewIfNeeded()
    await picture(page(), "columns")
    expect((await columns()).filter(({ source: stored }) => stored !== null)).toEqual([])

    await column("title").getByRole("button", { name: "Back to the built-in source" }).click()
    await page().locator("[data-testid=columns-preview][data-state=behind]").getByText("of an earlier state").waitFor()
    expect(await source("title")).toBe("product: title")
  })

  it("fits a phone and the dark with a column that is edited", async () => {
    await page().evaluate(() => document.documentElement.classList.add("dark"))
    await inTallWindow(page(), { width: phone.width, height: 1600 }, async () => {
      await column("custom_label_0").scrollIntoViewIfNeeded()
      await picture(page(), "columns-phone")
      expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
    })
    await page().evaluate(() => document.documentElement.classList.remove("dark"))
  })

  it("is asked before the changes of columns are thrown away, saves them, and takes them back", async () => {
    await page().getByRole("link", { name: "← Example Outdoor" }).click()
    await page().getByRole("alertdialog").getByRole("button", { name: "Keep typing" }).click()
    await save().click()
    await column("custom_label_0").getByText("Set by you").waitFor()
    await column("custom_label_0").getByText("Example: summer").waitFor()
    expect((await columns()).find(({ field }) => field === "custom_label_0")?.source).toEqual([
      { from: "template", text: "{option.Color} {metadata.nothing}" },
      { from: "constant", value: "summer" },
    ])

    await column("custom_label_0").getByRole("button", { name: "Leave empty" }).click()
    expect(await source("custom_label_0")).toBe("Not in the file")
    await save().click()
    await column("custom_label_0").and(page().locator("[data-changed=false]")).waitFor()
    expect((await columns()).filter(({ source: stored }) => stored !== null)).toEqual([])
    expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
    expect(session.pageErrors).toEqual([])
  })

  it("has prices told with tax, and hears what that needs", async () => {
    await page().getByRole("link", { name: "← Example Outdoor" }).click()
    await page().getByTestId("columns-summary").waitFor()
    const drawer = page().getByRole("dialog")
    await page().getByRole("button", { name: "Edit", exact: true }).last().click()
    await choose(page(), "Country", "No country", drawer)
    await choose(page(), "Tax in prices", "Without tax", drawer)
    await drawer.getByText("is taken off where a price is kept with it").waitFor()
    await save().click()
    await drawer.locator("[role=alert]").getByText(/country/).first().waitFor()
    await choose(page(), "Country", "Germany", drawer)
    await save().click()
    await drawer.waitFor({ state: "hidden" })
    expect((await get<AdminCatalogStatus>(`/admin/meta-catalog/catalogs/${catalog.id}/status`)).catalog).toMatchObject({ price_tax: "without_tax", country_code: "de" })
  })

  it("switches the ids of all items once a person has seen what that does and typed which catalogue is meant", async () => {
    const ids = page().getByTestId("retailer-ids")
    await until("Meta has taken every item in", async () => {
      const { counts, feeds, uploads } = await get<AdminCatalogStatus>(`/admin/meta-catalog/catalogs/${catalog.id}/status`)
      return counts.listed > 200 && feeds.every((feed) => !feed.build_requested_at && !feed.upload_requested_at) && uploads.every(({ ended_at }) => ended_at)
    })
    const open = page().getByRole("button", { name: "Switch ids", exact: true })
    await open.click()
    const modal = page().getByRole("dialog")
    const effects = modal.getByTestId("switch-effects")
    const called = async () => (await session.sandbox.control.items(session.meta.catalogId)).map(({ retailer_id }) => retailer_id)
    const bySku = (await called()).filter((id) => !id.startsWith("variant_")).length
    expect(bySku).toBeGreaterThan(200)
    // Those without a row Meta never had get another id as well.
    expect(Number(await effects.locator("[data-verdict=changes] dd").innerText())).toBeGreaterThanOrEqual(bySku)
    expect(await effects.getByRole("listitem").count()).toBe(20)
    await picture(page(), "switch-ids")
    await inTallWindow(page(), phone, async () => {
      await picture(page(), "switch-ids-phone")
      expect(await modal.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
    })
    const go = modal.getByRole("button", { name: "Switch ids", exact: true })
    await modal.getByLabel(/^Type \d+, the catalogue's id/).fill("123")
    expect(await go.isDisabled()).toBe(true)
    await modal.getByLabel(/^Type \d+, the catalogue's id/).fill(session.meta.catalogId)
    await go.click()
    await modal.waitFor({ state: "hidden" })
    await page().locator("[data-testid=retailer-ids][data-scheme=variant_id]").waitFor()
    await until("Meta has every item under its new id", async () => {
      await session.sandbox.control.settle()
      return (await called()).every((id) => id.startsWith("variant_"))
    })
    await page().locator("[data-testid=retailer-ids][data-moving=false]").waitFor({ timeout: 120_000 })
    expect(Number(await ids.locator("[data-part=arrived] dd").innerText())).toBe(bySku)
    expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
    expect(session.pageErrors).toEqual([])
  })

  /** Waits for what another process does. */
  async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 240_000; !(await ask()); await page().waitForTimeout(1_000)) {
      if (Date.now() > deadline) {
        throw new Error(`Waited four minutes in vain: ${what}`)
      }
    }
  }

  const column = (field: string) => page().locator(`ul[data-group] > li[data-column=${field}]`)
  const source = async (field: string) => column(field).getByTestId("column-source").innerText()
  const preview = () => page().getByRole("button", { name: "Preview", exact: true }).click()
  const columns = async () => (await get<AdminColumns>(`/admin/meta-catalog/catalogs/${catalog.id}/columns`)).columns

  async function categoryNamed(name: string): Promise<AdminCategory> {
    const { categories } = await get<AdminCategories>(`/admin/meta-catalog/catalogs/${catalog.id}/categories`)
    return categories.find((category) => category.name === name)!
  }

  async function connect(): Promise<AdminCatalog> {
    const { facts, meta } = session
    const { catalog: connected } = await post<{ catalog: AdminCatalog }>("/admin/meta-catalog/catalogs", {
      name: "Example Outdoor",
      meta_catalog_id: meta.catalogId,
      access_token: meta.token,
      sales_channel_id: facts.salesChannelId,
      region_id: facts.regionIds.europe,
      product_url_template: "https://shop.example.com/products/{handle}?variant={variant_id}",
      default_brand: "Example Outdoor",
    })
    await post(`/admin/meta-catalog/catalogs/${connected.id}/feeds`, { schedule: farSchedule() })
    for (const deadline = Date.now() + 120_000; Date.now() < deadline; await page().waitForTimeout(250)) {
      const { feeds } = await get<AdminCatalogStatus>(`/admin/meta-catalog/catalogs/${connected.id}/status`)
      if (feeds.some((feed) => feed.published)) return connected
    }
    throw new Error("The first file was not built in two minutes.")
  }

  async function get<T>(path: string): Promise<T> {
    return (await (await page().request.get(`${session.store.url}${path}`)).json()) as T
  }

  async function post<T>(path: string, data: object): Promise<T> {
    const reply = await page().request.post(`${session.store.url}${path}`, { data })
    expect({ path, ok: reply.ok() }).toEqual({ path, ok: true })
    return (await reply.json()) as T
  }
})
