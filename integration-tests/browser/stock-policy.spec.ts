import { Client } from "pg"
import type { AdminCatalog, AdminCatalogStatus } from "../../src/api/admin/meta-catalog/catalog-types"
import type { AdminStockPolicy, AdminStockPreview } from "../../src/api/admin/meta-catalog/stock-types"
import { farSchedule } from "../store/far-schedule"
import { choose, inTallWindow, logIn, phone, picture, startAdminSession, type AdminSession } from "./admin-session"

/**
 * What a merchant does about the stock that Meta may be promised, in one browser against a real store and Meta's side.
 * Each test goes on where the one before ended.
 */
describe("a merchant and the stock policy", () => {
  let session: AdminSession
  let catalog: AdminCatalog

  beforeAll(async () => {
    session = await startAdminSession("policy")
    await logIn(session)
    catalog = await connect()
  })

  afterAll(async () => {
    await session?.stop()
  })

  const page = () => session.page
  const control = () => session.sandbox.control
  const preview = (state: string) => page().locator(`[data-testid=stock-preview][data-state=${state}]`)
  const save = () => page().getByRole("button", { name: "Save", exact: true })
  const plain = () => session.facts.variants.find(({ kind }) => kind === "plain")!
  const jackets = () => session.facts.variants.filter(({ handle }) => /jacket/.test(handle))

  it("reads in sentences what stands, and opens it", async () => {
    await page().goto(`${session.store.url}/app/settings/meta-catalog/${catalog.id}`)
    await page().getByTestId("stock-summary").getByText("All of the free stock counts.").waitFor()
    await page().getByRole("link", { name: "Change" }).click()
    await preview("unchanged").waitFor()
    expect(await figure("changed")).toBe("0")
    expect(await save().isDisabled()).toBe(true)
  })

  it("is told at the field which numbers are allowed", async () => {
    await page().getByLabel("Threshold", { exact: true }).fill("-1")
    await page().locator("#threshold-error").getByText("must be a whole number from 0 to 1000000").waitFor()
    await preview("refused").waitFor()
    await choose(page(), "Allocation", "A share")
    await page().getByLabel("Share in percent").fill("101")
    await page().locator("#share_percent-error").getByText("must be a whole number of percent from 1 to 100").waitFor()
    await page().getByRole("link", { name: "← Example Outdoor" }).click()
    await page().getByRole("alertdialog").getByRole("button", { name: "Keep typing" }).click()
    expect(await page().getByLabel("Share in percent").inputValue()).toBe("101")
    await page().getByRole("button", { name: "Discard changes" }).click()
    await preview("unchanged").waitFor()
    expect(await page().getByLabel("Threshold", { exact: true }).inputValue()).toBe("0")
  })

  it("sees what a threshold would do before it is saved, and gets exactly that", async () => {
    const before = await unavailableAtMeta()
    const quantity = await atMeta(plain().sku!)
    await page().getByLabel("Threshold", { exact: true }).fill("3")
    await page().getByLabel("Threshold for fast sellers").fill("5")
    await preview("changed").waitFor()
    const lost = Number(await figure("becoming_unavailable"))
    expect(lost).toBeGreaterThan(0)
    expect(await figure("in_stock")).toMatch(/^\d+ → \d+$/)
    expect(await figure("units_withheld")).toMatch(/^0 → [\d,]+$/)
    expect(await page().getByTestId("examples").locator("li").first().innerText()).toMatch(/\d+ in stock → 0 out of stock/)
    await picture(page(), "stock-policy")
    expect(await unavailableAtMeta()).toBe(before)

    await save().click()
    await preview("unchanged").waitFor()
    await eventually(unavailableAtMeta, before + lost)
    await eventually(() => atMeta(plain().sku!), quantity! - 3)
  })

  it("reads on the product page why a quantity is what it is, with the keyboard alone", async () => {
    await page().goto(`${session.store.url}/app/products/${plain().productId}`)
    const variant = page().locator(`[data-variant=${plain().variantId}]`)
    const button = variant.getByRole("button", { name: "Why this quantity?" })
    await button.focus()
    await page().keyboard.press("Enter")
    expect(await button.getAttribute("aria-expanded")).toBe("true")
    const lines = await variant.getByTestId("why").locator("li").allInnerTexts()
    const quantity = (await atMeta(plain().sku!))!
    expect(lines.map((line) => line.replace(/\s+/g, " "))).toEqual([
      `${quantity + 3} free at the stock locations that count`,
      "− 3 kept back by the threshold for slow sellers",
    ])
    expect((await variant.getByTestId("why-result").innerText()).replace(/\s+/g, " ")).toBe(`Result: = ${quantity} in stock`)
    await picture(page(), "why", variant)
    await inTallWindow(page(), { width: phone.width, height: 1600 }, fitsThePhone)
    await page().keyboard.press("Enter")
    expect(await button.getAttribute("aria-expanded")).toBe("false")
  })

  it("sets the same for many products at once", async () => {
    await openPolicy()
    await page().getByRole("button", { name: "Add rules" }).click()
    await page().getByLabel("Search by name").fill("jacket")
    await page().getByTestId("found-parts").getByText("Fjord Rain Jacket").waitFor()
    await page().getByRole("button", { name: /^Choose all \d+$/ }).click()
    await page().getByTestId("chosen-parts").waitFor()
    await choose(page(), "Add a setting", "Show at most")
    await page().getByLabel(/^Show at most/).last().fill("7")
    await choose(page(), "Add a setting", /^Threshold$/)
    await page().locator("#rule-threshold").fill("1")
    await picture(page(), "stock-rules")
    await inTallWindow(page(), { width: phone.width, height: 1600 }, fitsThePhone)
    await page().getByRole("button", { name: "Take over" }).click()
    await preview("changed").waitFor()
    const rules = page().getByTestId("stock-rules").locator("li[data-state=new]")
    expect(await rules.count()).toBe(new Set(jackets().map(({ productId }) => productId)).size)
    await save().click()
    await preview("unchanged").waitFor()
    const most = async () => Math.max(...(await Promise.all(jackets().map(({ sku }) => atMeta(sku!)))).map((quantity) => quantity ?? 0))
    await eventually(most, 7)
  })

  it("edits a rule and takes one away, each shown before it is saved", async () => {
    const [first, second] = [...new Set(jackets().map(({ productId }) => productId))]
    await rule(first).getByRole("button", { name: /^Edit/ }).click()
    await page().locator("#rule-cap").fill("-4")
    await page().getByRole("button", { name: "Take over" }).click()
    await rule(first).getByText("must be a whole number from 0 to 1000000").waitFor()
    await rule(first).getByRole("button", { name: /^Edit/ }).click()
    await page().locator("#rule-cap-error").waitFor()
    await page().locator("#rule-cap").fill("4")
    await page().getByRole("button", { name: "Leave out: Threshold", exact: true }).click()
    await page().getByRole("button", { name: "Take over" }).click()
    await rule(second).getByRole("button", { name: /^Remove/ }).click()
    await preview("changed").waitFor()
    expect(await rule(first).getAttribute("data-state")).toBe("changed")
    expect(await rule(second).getAttribute("data-state")).toBe("removed")
    await save().click()
    await rule(second).waitFor({ state: "detached" })
    await eventually(async () => Math.max(...(await quantitiesOf(first))), 4)
    await eventually(async () => Math.max(...(await quantitiesOf(second))) > 7, true)
  })

  it("is asked before a mass change, and says that it is meant", async () => {
    await page().getByLabel("Threshold", { exact: true }).fill("900")
    await preview("changed").waitFor()
    const lost = Number(await figure("becoming_unavailable"))
    const before = await unavailableAtMeta()
    await preview("changed").getByText("The change is held until a person releases it, unless it is accepted now.").waitFor()
    await page().getByLabel("I mean it: do not hold this mass change back").click()
    await save().click()
    await preview("unchanged").waitFor()
    await eventually(unavailableAtMeta, before + lost)
    await page().getByLabel("Threshold", { exact: true }).fill("3")
    await preview("changed").waitFor()
    await save().click()
    await preview("unchanged").waitFor()
    await eventually(unavailableAtMeta, before)
  })

  it("gives a fixed allocation, and refills it by hand", async () => {
    await choose(page(), "Allocation", "A fixed quantity")
    await page().getByLabel("Fixed quantity").fill("9")
    await preview("changed").waitFor()
    await save().click()
    await preview("unchanged").waitFor()
    await eventually(() => atMeta(plain().sku!), 6)
    await page().getByRole("link", { name: "← Example Outdoor" }).click()
    await page().getByTestId("stock-summary").getByText("Each variant has a fixed allocation of 9, which orders draw down.").waitFor()
    const refilledSince = async () => (await get<AdminStockPolicy>(`/admin/meta-catalog/catalogs/${catalog.id}/stock-policy`)).settings.fixed_since
    const before = await refilledSince()
    await page().getByRole("button", { name: "Refill allocations" }).click()
    await page().getByText("Allocations are refilled").waitFor()
    expect(await refilledSince()).not.toBe(before)
  })

  it("sets how sales are measured, and is told at the field which numbers are allowed", async () => {
    await page().getByRole("button", { name: "Edit", exact: true }).click()
    await page().getByLabel("Days of sales looked at").fill("0")
    await page().getByRole("button", { name: "Save", exact: true }).click()
    await page().locator("#velocity_days-error").getByText("must be from 1 to 365").waitFor()
    await page().getByLabel("Days of sales looked at").fill("14")
    await page().getByLabel("Fast seller from").fill("2.5")
    await page().getByRole("button", { name: "Save", exact: true }).click()
    await page().getByText("Connection saved").waitFor()
    const { catalog: stored } = await get<AdminCatalogStatus>(`/admin/meta-catalog/catalogs/${catalog.id}/status`)
    expect(stored).toMatchObject({ velocity_days: 14, fast_from: 2.5 })
  })

  it("sees the figures of the last days", async () => {
    await measuredDays()
    await page().goto(`${session.store.url}/app/settings/meta-catalog/${catalog.id}`)
    const metrics = page().getByTestId("stock-metrics")
    const told = async (name: string) => (await metrics.locator(`[data-figure=${name}] .txt-large`).innerText()).replace(/\s+/g, " ")
    expect(await told("units_withheld")).toBe("30 now")
    expect(await told("minutes_offered_unavailable")).toBe("45 in 30 days")
    expect(await told("cancellations_for_stock")).toBe("2 in 30 days")
    const bars = metrics.getByRole("img", { name: /^Units withheld: at most 120, on / })
    expect(await bars.locator("rect").count()).toBe(30)
    await page().getByTestId("stock-summary").getByText("3 of each slow seller are kept back, 3 of medium and 5 of fast ones.").waitFor()
    await page().getByTestId("stock-summary").getByText(/^\d+ rules? for/).waitFor()
    await picture(page(), "stock-metrics", metrics.locator("xpath=.."))
  })

  it("finds the policy on a phone too, in words everywhere", async () => {
    await openPolicy()
    await inTallWindow(page(), { width: phone.width, height: 3000 }, fitsThePhone)
    expect(await page().locator("body").innerText()).not.toContain("metaCatalog.")
  })

  it("has met no error of the page on the way", () => {
    expect(session.pageErrors).toEqual([])
  })

  /** Connects the catalogue and lists its items, as the merchant's first hour does in a suite of its own. */
  async function connect(): Promise<AdminCatalog> {
    const { facts, meta } = session
    const { catalog: connected } = await post<{ catalog: AdminCatalog }>("/admin/meta-catalog/catalogs", {
      name: "Example Outdoor",
      meta_catalog_id: meta.catalogId,
      access_token: meta.token,
      sales_channel_id: facts.salesChannelId,
      region_id: facts.regionIds.europe,
      country_code: "de",
      product_url_template: "https://shop.example.com/{country}/products/{handle}?variant={variant_id}",
      default_brand: "Example Outdoor",
    })
    await post(`/admin/meta-catalog/catalogs/${connected.id}/feeds`, { schedule: farSchedule() })
    await eventually(async () => {
      const { counts } = await get<AdminCatalogStatus>(`/admin/meta-catalog/catalogs/${connected.id}/status`)
      return counts.listed > 200 && counts.in_step === counts.listed
    }, true)
    return connected
  }

  async function post<T>(path: string, data: object): Promise<T> {
    const reply = await page().request.post(`${session.store.url}${path}`, { data })
    expect({ path, ok: reply.ok() }).toEqual({ path, ok: true })
    return (await reply.json()) as T
  }

  async function get<T>(path: string): Promise<T> {
    return (await (await page().request.get(`${session.store.url}${path}`)).json()) as T
  }

  async function openPolicy(): Promise<void> {
    await page().goto(`${session.store.url}/app/settings/meta-catalog/${catalog.id}/stock-policy`)
    await preview("unchanged").waitFor()
  }

  function rule(productId: string) {
    return page().locator(`li[data-rule=${productId}]`)
  }

  async function figure(name: keyof Pick<AdminStockPreview, "changed" | "becoming_unavailable"> | "in_stock" | "units_withheld"): Promise<string> {
    return await page().locator(`[data-testid=stock-preview] [data-figure=${name}] dd`).innerText()
  }

  async function atMeta(sku: string): Promise<number | undefined> {
    return (await control().item(session.meta.catalogId, sku))?.quantity_to_sell_on_facebook ?? undefined
  }

  async function quantitiesOf(productId: string): Promise<number[]> {
    const own = session.facts.variants.filter((variant) => variant.productId === productId)
    return (await Promise.all(own.map(({ sku }) => atMeta(sku!)))).map((quantity) => quantity ?? 0)
  }

  async function unavailableAtMeta(): Promise<number> {
    return (await control().items(session.meta.catalogId)).filter(({ availability }) => availability === "out of stock").length
  }

  async function fitsThePhone(): Promise<void> {
    expect(await page().evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
  }

  /** What the hourly measurement would have written by now, had the store run for days. */
  async function measuredDays(): Promise<void> {
    const database = new Client({ connectionString: session.store.databaseUrl })
    await database.connect()
    await database.query(
      `insert into meta_catalog_stock_day (catalog_id, day, units_withheld, items_short, minutes_offered_unavailable, cancellations_for_stock)
       select $1, to_char(now() at time zone 'utc' - ago * interval '1 day', 'YYYY-MM-DD'),
              case when ago = 0 then 30 else ago * 10 end, ago, case when ago < 3 then 15 else 0 end, case when ago in (1, 5) then 1 else 0 end
       from generate_series(0, 12) ago
       on conflict (catalog_id, day) do update set units_withheld = excluded.units_withheld, items_short = excluded.items_short,
         minutes_offered_unavailable = excluded.minutes_offered_unavailable, cancellations_for_stock = excluded.cancellations_for_stock`,
      [catalog.id]
    )
    await database.end()
  }

  /** Asks again until the answer is the one expected, and fails with the last answer. */
  async function eventually<T>(ask: () => Promise<T>, expected: T, seconds = 120): Promise<void> {
    let answer = await ask()
    for (const deadline = Date.now() + seconds * 1000; answer !== expected && Date.now() < deadline; answer = await ask()) {
      await page().waitForTimeout(250)
    }
    expect(answer).toBe(expected)
  }
})
