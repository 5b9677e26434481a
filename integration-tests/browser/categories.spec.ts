import type { AdminCategories, AdminCategory } from "../../src/api/admin/meta-catalog/category-types"
import type { AdminCatalog, AdminCatalogStatus } from "../../src/api/admin/meta-catalog/types"
import { farSchedule } from "../store/far-schedule"
import { inTallWindow, logIn, phone, picture, startAdminSession, type AdminSession } from "./admin-session"

/** What a merchant does to say what the store's categories are at Google. Each test goes on where the one before ended. */
describe("a merchant and Google's categories", () => {
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
