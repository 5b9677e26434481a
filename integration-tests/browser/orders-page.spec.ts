import { logIn, picture, startAdminSession, type AdminSession } from "./admin-session"

/** Orders at Meta as a merchant sees them, in a browser against a real store whose jobs run by the clock. */
describe("orders at Meta in the admin", () => {
  let session: AdminSession
  let catalogPage: string
  let cms: string

  const page = () => session.page
  const control = () => session.sandbox.control
  const order = (id: string) => page().locator(`[data-testid=orders] [data-order="${id}"]`)

  async function admin(path: string, body: Record<string, unknown>): Promise<Record<string, { id: string }>> {
    const authorization = `Basic ${Buffer.from(`${session.facts.secretKey}:`).toString("base64")}`
    const response = await fetch(`${session.store.url}/admin/meta-catalog/${path}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(201)
    return (await response.json()) as Record<string, { id: string }>
  }

  beforeAll(async () => {
    session = await startAdminSession("orders")
    await control().setSettings({ commerce_orders: "open" })
    const { catalog } = await admin("catalogs", {
      meta_catalog_id: session.meta.catalogId,
      access_token: session.meta.token,
      sales_channel_id: session.facts.salesChannelId,
      region_id: session.facts.regionIds.europe,
      product_url_template: "https://shop.example.com/products/{handle}?variant={variant_id}",
      // Nothing of this is about the feed, and items kept one by one need none.
      transport: "item_node",
      default_brand: "Example Outdoor",
    })
    cms = (await control().createMerchant({ catalogId: session.meta.catalogId })).id
    catalogPage = `${session.store.url}/app/settings/meta-catalog/${catalog.id}`
    await logIn(session)
  })

  afterAll(() => session?.stop())

  it("are off until a person says who subtracts them, and whose they are", async () => {
    await page().goto(catalogPage)
    const section = page().getByText("Orders at Meta are not looked at").locator("xpath=ancestor::div[contains(@class,'divide-y')][1]")
    await section.getByRole("button", { name: "Edit" }).click()
    await page().getByRole("radio", { name: /The store subtracts open orders/ }).click()
    await page().getByRole("button", { name: "Save" }).click()
    await page().locator("#orders_owner_id-error").getByText("is needed while orders_mode is seller").waitFor()
    await page().getByLabel("Shop or page id").fill(cms)
    await page().getByRole("button", { name: "Save" }).click()
    await page().getByTestId("orders-standing").getByText("The store subtracts open orders").waitFor()
    await page().getByText("No orders yet.").waitFor()
  })

  it("appear with what they hold, and can be cancelled for lack of stock", async () => {
    await control().putItems(session.meta.catalogId, [{ id: "MUG", availability: "in stock", quantity_to_sell_on_facebook: 5, price: "24.50 EUR" }])
    const { id } = await control().placeOrder(cms, [{ retailer_id: "MUG", quantity: 2 }])
    await control().advanceOrder(id)
    await order(id).getByText("2 × MUG").waitFor()
    await order(id).getByText("subtracted from the stock").waitFor()
    await picture(page(), "orders", page().getByTestId("orders").locator("xpath=.."))

    await order(id).getByRole("button", { name: "Cancel order" }).click()
    await page().getByRole("heading", { name: `Cancel order ${id} at Meta` }).waitFor()
    await page().getByRole("radio", { name: /The units are there/ }).click()
    await page().getByRole("dialog").getByRole("button", { name: "Cancel order" }).click()
    await order(id).locator("[data-cancellation=done]").waitFor()
    const [cancelled] = await control().orders(cms)
    expect(cancelled.cancellations).toEqual([{ by: "seller", reason_code: "OUT_OF_STOCK", restock_items: true, items: [{ retailer_id: "MUG", quantity: 2 }] }])
    expect(await order(id).getByRole("button", { name: "Cancel order" }).count()).toBe(0)
  })

  it("say so when Meta closes its API, until the connection is tested with success", async () => {
    await control().setSettings({ commerce_orders: "closed" })
    await page().getByTestId("orders-refused").getByText("Stock is sent all the same").waitFor()
    await page().getByRole("button", { name: "Test connection" }).click()
    await page().locator("[data-check=orders][data-outcome=fails]").waitFor()
    await control().setSettings({ commerce_orders: "open" })
    await page().getByRole("button", { name: "Test connection" }).click()
    await page().locator("[data-check=orders][data-outcome=works]").waitFor()
    await page().getByTestId("orders-refused").waitFor({ state: "hidden" })
  })

  it("break nothing on the page", () => {
    expect(session.pageErrors).toEqual([])
  })
})
