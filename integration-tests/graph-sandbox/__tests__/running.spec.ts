import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import path from "node:path"
import { DataSource } from "typeorm"
import { DEFAULT_SETTINGS, startSandbox } from ".."
import { AT_ONCE, csv, databaseUrl, graph, itemData, line, openFeedHost, openLab, openShop, type FeedHost, type Lab } from "./harness"

let lab: Lab
let host: FeedHost

beforeAll(async () => {
  lab = await openLab()
  host = await openFeedHost()
})

afterAll(async () => {
  await host.close()
  await lab.close()
})

beforeEach(() => lab.sandbox.control.reset())

const control = () => lab.sandbox.control

async function dropDatabase(name: string): Promise<void> {
  const server = await new DataSource({ type: "postgres", url: databaseUrl("postgres") }).initialize()
  await server.query(`DROP DATABASE IF EXISTS ${name}`)
  await server.destroy()
}

describe("quotas", () => {
  const batch = (shop: Awaited<ReturnType<typeof openShop>>) =>
    shop.api.post(`${shop.id}/items_batch`, { item_type: "PRODUCT_ITEM", requests: [{ method: "DELETE", data: { id: "A" } }] })

  test("without a quota no usage header is sent", async () => {
    const shop = await openShop(lab.sandbox)
    expect((await batch(shop)).headers.get("x-business-use-case-usage")).toBeNull()
  })

  test("the batch budget of an hour fills up in percent, throttles with the minutes to wait, and frees itself", async () => {
    await control().setSettings({ quota_calls_per_hour: 4 })
    const { id } = await control().createCatalog({ name: "Kiln", businessId: "443322110099" })
    const { token } = await control().createToken({ catalogIds: [id] })
    const shop = { id, token, api: graph(lab.sandbox, token) }
    const usage = (headers: Headers) => JSON.parse(headers.get("x-business-use-case-usage")!)["443322110099"][0]
    const counts = []
    for (let n = 0; n < 4; n++) {
      const reply = await batch(shop)
      expect(reply.status).toBe(200)
      counts.push(usage(reply.headers).call_count)
    }
    expect(counts).toEqual([25, 50, 75, 100])
    await control().advanceClock(20 * 60_000)
    const refused = await batch(shop)
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 80014 } } })
    expect(usage(refused.headers)).toMatchObject({ type: "catalog_batch", call_count: 100, estimated_time_to_regain_access: 40 })
    expect((await shop.api.get(id)).status).toBe(200)
    await control().advanceClock(40 * 60_000 + 1000)
    expect((await batch(shop)).status).toBe(200)
  })

  test("other calls have a budget of their own, and one catalogue's calls do not count for another", async () => {
    await control().setSettings({ quota_calls_per_hour: { batch: 1, management: 2 } })
    const [one, two] = [await openShop(lab.sandbox), await openShop(lab.sandbox)]
    await one.api.get(one.id)
    await one.api.get(one.id)
    expect((await one.api.get(one.id)).body.error.code).toBe(80009)
    expect((await batch(one)).status).toBe(200)
    expect((await two.api.get(two.id)).status).toBe(200)
  })
})

describe("the control API", () => {
  test("received calls are listed with their outcome and filtered by path, method and time", async () => {
    const { id, api } = await openShop(lab.sandbox)
    await api.get(`${id}?fields=id,name`)
    await api.get("9999999999")
    const { now } = await control().clock()
    await api.post(`${id}/product_feeds`, { name: "main" })
    expect(await control().calls({ path: `/${id}$` })).toEqual([
      expect.objectContaining({
        method: "GET",
        path: `/v26.0/${id}`,
        query: { fields: "id,name" },
        status: 200,
        error_code: null,
        body_bytes: 0,
      }),
    ])
    expect((await control().calls({ path: "9999999999" }))[0]).toMatchObject({ status: 400, error_code: 100, error_subcode: 33 })
    expect((await control().calls({ since: now })).map((call) => [call.method, call.body_bytes > 0])).toEqual([["POST", true]])
    expect(await control().calls({ method: "DELETE" })).toEqual([])
  })

  test("settings are read, patched and refused by name when they make no sense", async () => {
    expect(await control().settings()).toEqual({ ...DEFAULT_SETTINGS, ...AT_ONCE })
    expect((await control().setSettings({ status_case: "title" })).status_case).toBe("title")
    await expect(control().setSettings({ status_case: "upper" } as never)).rejects.toThrow(/status_case/)
    await expect(control().setSettings({ colour: "red" } as never)).rejects.toThrow(/colour/)
    expect((await control().settings()).status_case).toBe("title")
  })

  test("a reset leaves every table empty, the clock right and the settings as at the start", async () => {
    const { id, api } = await openShop(lab.sandbox)
    await api.post(`${id}/items_batch`, { item_type: "PRODUCT_ITEM", requests: [{ method: "CREATE", data: itemData("A") }] })
    await control().setSettings({ numeric_ids: true })
    await control().advanceClock(1_000_000)
    await control().reset()
    for (const { tableName } of lab.sandbox.dataSource.entityMetadatas) {
      const [{ count }] = await lab.sandbox.dataSource.query(`SELECT count(*)::int AS count FROM "${tableName}"`)
      expect([tableName, count]).toEqual([tableName, 0])
    }
    expect((await control().settings()).numeric_ids).toBe(false)
    expect(Math.abs(new Date((await control().clock()).now).getTime() - Date.now())).toBeLessThan(60_000)
  })

  test("an unknown command and a malformed body are refused in words", async () => {
    const post = (command: string, body: string) => fetch(`${lab.sandbox.url}/sandbox/${command}`, { method: "POST", body })
    expect((await post("explode", "{}")).status).toBe(404)
    expect((await post("set-settings", "{")).status).toBe(400)
    await expect(control().updateToken("nobody", { state: "expired" })).rejects.toThrow(/no such token/)
  })
})

describe("the human page", () => {
  const page = async (query = "") => (await fetch(`${lab.sandbox.url}/${query}`)).text()

  test("it shows a catalogue's items, feed, upload, batch and calls, and who changed an item last", async () => {
    const { id, api, token } = await openShop(lab.sandbox)
    const schedule = {
      interval: "DAILY",
      hour: 3,
      minute: 20,
      timezone: "Europe/London",
      url: "https://shop.test/full.csv.gz",
      password: "pw-9",
    }
    const feed = (await api.post(`${id}/product_feeds`, { name: "Kiln main feed", default_currency: "GBP", schedule })).body.id
    await api.post(`${feed}/uploads`, { url: host.serve("/f", csv(line("MUG-1"), line("MUG-2"), line("BAD", { price: "" }))) })
    await control().settle()
    await api.post(`${id}/items_batch`, {
      item_type: "PRODUCT_ITEM",
      requests: [{ method: "UPDATE", data: { id: "MUG-1", quantity_to_sell_on_facebook: 0, availability: "out of stock" } }],
    })
    await control().settle()
    const text = await page()
    for (const shown of [
      "MUG-1",
      "£24.50",
      "out of stock",
      "Kiln main feed",
      "daily at 03:20 Europe/London",
      "A required field is missing: price.",
      "Finished",
      "items_batch",
    ]) {
      expect(text).toContain(shown)
    }
    expect(text).toMatch(/MUG-1[\s\S]*?badge batch[\s\S]*?MUG-2[\s\S]*?badge feed/)
    expect(text).not.toContain("pw-9")
    expect(text).not.toContain(token)
    expect(text).not.toMatch(/src="|href="http/)
  })

  test("items are searched by id and title and paged, and what they contain cannot become markup", async () => {
    const { id } = await openShop(lab.sandbox)
    const rows = Array.from({ length: 60 }, (_, n) => ({
      id: `SKU-${String(n).padStart(2, "0")}`,
      title: n === 42 ? "<b>Odd</b> 100%" : `Mug ${n}`,
    }))
    await control().putItems(id, rows)
    expect(await page(`?catalog=${id}`)).toContain("page 1 of 3, 60 items")
    const third = await page(`?catalog=${id}&page=3`)
    expect(third).toContain("SKU-59")
    expect(third).not.toContain("SKU-00")
    const found = await page(`?catalog=${id}&q=${encodeURIComponent("100%")}`)
    expect(found).toContain("SKU-42")
    expect(found).toContain("page 1 of 1, 1 items")
    expect(found).not.toContain("<b>Odd</b>")
    expect(await page(`?catalog=${id}&q=${encodeURIComponent('"><script>alert(1)</script>')}`)).not.toContain("<script>alert(1)")
  })

  test("an empty sandbox has a page as well", async () => {
    expect(await page()).toContain("There is no catalogue yet.")
  })
})

describe("starting and stopping", () => {
  test("a stopped sandbox answers no more, and a new one on its database goes on where it was", async () => {
    const name = `graph_sandbox_${randomBytes(6).toString("hex")}`
    const first = await startSandbox({
      databaseUrl: databaseUrl(name),
      settings: { batch_delay_ms: [60_000, 60_000], upload_delay_ms: [60_000, 60_000] },
    })
    const shop = await openShop(first)
    const batch = await shop.api.post(`${shop.id}/items_batch`, {
      item_type: "PRODUCT_ITEM",
      requests: [{ method: "CREATE", data: itemData("A") }],
    })
    const feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main" })).body.id
    await shop.api.post(`${feed}/uploads`, { url: "https://shop.test/never.csv" })
    await first.stop()
    await expect(fetch(first.url)).rejects.toThrow()

    const second = await startSandbox({ databaseUrl: databaseUrl(name), settings: AT_ONCE })
    try {
      await second.control.settle()
      const status = await graph(second, shop.token).get(`${shop.id}/check_batch_request_status?handle=${batch.body.handles[0]}`)
      expect(status.body.data[0].status).toBe("finished")
      expect((await second.control.item(shop.id, "A"))?.title).toBe("Mug A")
      expect((await second.control.uploads(feed))[0]).toMatchObject({ failed: true, error_count: 1 })
    } finally {
      await second.stop()
      await dropDatabase(name)
    }
  })

  test("stopping in the middle of a slow fetch and a slow call ends both and leaves no handle", async () => {
    const name = `graph_sandbox_${randomBytes(6).toString("hex")}`
    const sandbox = await startSandbox({ databaseUrl: databaseUrl(name), settings: AT_ONCE })
    const shop = await openShop(sandbox)
    const feed = (await shop.api.post(`${shop.id}/product_feeds`, { name: "main" })).body.id
    const url = host.serve("/slow", (_request, response) => {
      response.writeHead(200)
      response.write("id,title\n")
    })
    await shop.api.post(`${feed}/uploads`, { url })
    await sandbox.control.setFaults([{ method: "GET", action: { type: "latency", ms: 60_000 } }])
    const slow = expect(shop.api.get(shop.id)).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const started = Date.now()
    await sandbox.stop()
    // Well below the minute that the call would take.
    expect(Date.now() - started).toBeLessThan(40_000)
    await slow
    await dropDatabase(name)
  })

  test("as a process of its own it prints its address in one line and ends cleanly on SIGTERM", async () => {
    const name = `graph_sandbox_${randomBytes(6).toString("hex")}`
    const tsx = require.resolve("tsx/cli")
    const child = spawn(
      process.execPath,
      [tsx, path.join(__dirname, "..", "main.ts"), "--database-url", databaseUrl(name), "--port", "0"],
      {
        env: { ...process.env, NODE_OPTIONS: "" },
      }
    )
    const output: string[] = []
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk.toString()))
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve))
    while (!output.join("").includes("http://")) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output.join(""))![0]
    expect((await fetch(url)).status).toBe(200)
    child.kill("SIGTERM")
    expect(await ended).toBe(0)
    expect(output.join("").trim().split("\n")).toEqual([`Graph sandbox listening on ${url}`])
    await dropDatabase(name)
  })

  test("a database URL without a database is refused in words", async () => {
    await expect(startSandbox({ databaseUrl: databaseUrl("") })).rejects.toThrow(/names no database/)
  })
})
