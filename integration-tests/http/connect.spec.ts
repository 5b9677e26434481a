import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import type { AxiosRequestConfig } from "axios"
import type { AdminCatalog } from "../../src/api/admin/meta-catalog/catalog-types"
import type { AdminIssue } from "../../src/api/admin/meta-catalog/issue-types"
import { SecretBox } from "../../src/modules/meta-catalog/catalogs/secrets"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { startSandbox, type SandboxControl } from "../graph-sandbox"
import { newConnection, productOf, statusOf, until, variantOf, withConnectedStore } from "./connected-store"

const CATALOGS = "/admin/meta-catalog/catalogs"

withConnectedStore("connect", (store) => {
  const sql = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)

  /** A call whose refusal is an answer too. */
  const call = async (method: string, url: string, data?: unknown, config: AxiosRequestConfig = store.admin) => {
    const reply = await store.api.request({ method, url, data, validateStatus: () => true, ...config })
    return { status: reply.status, message: reply.data?.message as string, data: reply.data }
  }

  const setStock = async (variant: { inventoryItemIds: string[] }, quantity: number) => {
    const { berlin } = store.facts.locationIds
    await updateInventoryLevelsWorkflow(store.container).run({
      input: { updates: [{ inventory_item_id: variant.inventoryItemIds[0], location_id: berlin, stocked_quantity: quantity }] },
    })
  }

  const quantityAtMeta = async (metaCatalogId: string, sku: string) =>
    (await store.sandbox.control.item(metaCatalogId, sku))?.quantity_to_sell_on_facebook

  const wantedOf = async (variant: { productId: string; variantId: string }) =>
    (await productOf(store, variant.productId)).catalogs[0].items.find((item) => item.variant_id === variant.variantId)?.wanted?.quantity

  describe("bad input", () => {
    it("is refused with a message at its field, and nothing is saved", async () => {
      const { control } = store.sandbox
      const body = await newConnection(store)
      const other = await control.createCatalog({ name: "Somebody else's", currency: "EUR" })
      const token = async (patch: object) => (await control.createToken({ catalogIds: [body.meta_catalog_id], ...patch })).token
      const template = (text: string) => ({ product_url_template: text })
      const noRegion = { region_id: null, country_code: null, currency_code: "eur" }
      const cases: Record<string, [patch: object, message: RegExp]> = {
        "no token": [{ access_token: "" }, /^access_token: must not be empty$/],
        "a token no header can carry": [{ access_token: "two words" }, /^access_token: .*characters no token has/],
        "a wrong token": [{ access_token: "EAAGwrong" }, /^access_token: Meta does not accept the access token/],
        "an expired token": [{ access_token: await token({ state: "expired" }) }, /^access_token: The access token has expired/],
        "no permission": [{ access_token: await token({ permissions: ["business_management"] }) }, /^access_token: .*catalog_management/],
        "a missing app secret": [
          { access_token: await token({ appSecret: "right", requireProof: true }) },
          /^app_secret: .*Check that the app secret belongs/,
        ],
        "a wrong app secret": [
          { access_token: await token({ appSecret: "right", requireProof: true }), app_secret: "wrong" },
          /^app_secret: .*Check that the app secret belongs/,
        ],
        "an unknown catalogue": [{ meta_catalog_id: "123456789" }, /^meta_catalog_id: Catalogue 123456789 does not exist/],
        "another's catalogue": [{ meta_catalog_id: other.id }, /^meta_catalog_id: Catalogue \d+ does not exist/],
        "a catalogue id with letters": [{ meta_catalog_id: "my catalogue" }, /^meta_catalog_id: must be Meta's catalogue id/],
        "an ended Graph version": [{ graph_version: "v20.0" }, /^graph_version: .*no longer answers this version/],
        "a malformed Graph version": [{ graph_version: "26" }, /^graph_version: must look like v26.0$/],
        "one link for all": [template("https://shop.example/{country}"), /^product_url_template: must contain \{handle\} or \{variant_id\}$/],
        "an unknown placeholder": [template("https://shop.example/{slug}/{handle}"), /^product_url_template: does not know \{slug\}/],
        "no web address": [template("ftp://shop.example/{handle}"), /^product_url_template: must be an http or https address$/],
        "a currency without prices": [{ ...noRegion, country_code: "jp", currency_code: "jpy" }, /^currency_code: no variant has a price in JPY$/],
        "no currency": [{ region_id: null }, /^currency_code: choose a region or a currency$/],
        "another currency than the region's": [{ currency_code: "usd" }, /^currency_code: the region sells in EUR$/],
        "no country for {country}": [noRegion, /^country_code: the product URL template holds \{country\}/],
        "country left out for {country}": [{ ...noRegion, country_code: undefined }, /^country_code: the product URL template holds \{country\}/],
        "no locale for {locale}": [template("https://shop.example/{locale}/{handle}"), /^locale: the product URL template holds \{locale\}/],
        "an unknown channel": [{ sales_channel_id: "sc_none" }, /^sales_channel_id: there is no such sales channel$/],
        "an unknown region": [{ region_id: "reg_none" }, /^region_id: there is no such region$/],
        "an unknown setting": [{ colour: "red" }, /^colour: is not a setting$/],
        "several at once": [{ access_token: "", sales_channel_id: "" }, /^access_token: must not be empty; sales_channel_id: must not be empty$/],
      }
      const said: Record<string, unknown> = {}
      for (const [name, [patch]] of Object.entries(cases)) {
        const { status, message } = await call("POST", CATALOGS, { ...body, ...patch })
        said[name] = { status, message }
      }
      expect(said).toEqual(refusals(cases))

      await control.setFaults([{ path: "/me/permissions", times: 1, action: { type: "error", code: 2, message: "Service unavailable" } }])
      expect(await call("POST", CATALOGS, body)).toMatchObject({ status: 400, message: expect.stringMatching(/^access_token: Meta has a passing problem/) })
      expect(await sql()("meta_catalog_catalog").count("* as count").first()).toEqual({ count: "0" })
      expect(await control.calls({ method: "POST", path: body.meta_catalog_id })).toEqual([])
    })

    it("an unreachable Graph is named as such, to whoever connects and to whoever only tries", async () => {
      const body = await newConnection(store)
      const { url } = store.sandbox
      const databaseUrl = (store.sandbox.dataSource.options as { url: string }).url
      await store.sandbox.stop()
      const refused = await call("POST", CATALOGS, body)
      const { data } = await call("POST", "/admin/meta-catalog/test-connection", {
        meta_catalog_id: body.meta_catalog_id,
        access_token: body.access_token,
      })
      store.sandbox = await startSandbox({ databaseUrl, port: Number(new URL(url).port) })
      expect(refused).toMatchObject({ status: 400, message: expect.stringMatching(/^graph_url: Meta's Graph API cannot be reached/) })
      expect(data.test).toMatchObject({ ok: false })
      expect(data.test.checks[0]).toMatchObject({ check: "reachable", ok: false, message: expect.stringMatching(/cannot be reached/) })
      expect((await call("POST", CATALOGS, body)).status).toBe(201)
    })

    it("one row per Meta catalogue id, also when two people connect it at once", async () => {
      const body = await newConnection(store)
      const replies = await Promise.all([call("POST", CATALOGS, body), call("POST", CATALOGS, body)])
      replies.push(await call("POST", CATALOGS, body))
      const refused = replies.filter((reply) => reply.status !== 201)
      expect(refused).toHaveLength(2)
      for (const { status, message } of refused) {
        expect([400, 409, 422]).toContain(status)
        expect(message).toMatch(/^meta_catalog_id: this Meta catalogue is connected already/)
      }
      expect((await call("GET", CATALOGS)).data.count).toBe(1)
    })

    it("a change that would contradict what is stored is refused and changes nothing", async () => {
      const body = await newConnection(store)
      const { id } = (await call("POST", CATALOGS, body)).data.catalog
      const before: AdminCatalog = (await call("GET", `${CATALOGS}/${id}`)).data.catalog
      const usd = { region_id: null, currency_code: "usd", country_code: null }
      const cases: Record<string, [patch: object, message: RegExp]> = {
        "a currency the stored region does not sell in": [{ currency_code: "usd" }, /^currency_code: the region sells in EUR$/],
        "no country while the stored template needs one": [usd, /^country_code: the product URL template holds \{country\}/],
        "a token no header can carry": [{ access_token: "two words" }, /^access_token: .*characters no token has/],
        "a wrong token": [{ access_token: "EAAGwrong" }, /^access_token: Meta does not accept/],
        "an app secret Meta refuses": [{ app_secret: "wrong" }, /^app_secret: .*Check that the app secret belongs/],
        "another Meta catalogue": [{ meta_catalog_id: "1" }, /^meta_catalog_id: is not a setting$/],
        "another retailer id scheme": [{ retailer_id_scheme: "variant_id" }, /^retailer_id_scheme: is not a setting$/],
        "no market": [{ region_id: null, currency_code: null }, /^currency_code: choose a region or a currency$/],
        "a brake of no share": [{ brake_share_percent: 0 }, /^brake_share_percent: must be from 1 to 100$/],
      }
      const said: Record<string, unknown> = {}
      for (const [name, [patch]] of Object.entries(cases)) {
        const { status, message } = await call("POST", `${CATALOGS}/${id}`, patch)
        said[name] = { status, message }
      }
      expect(said).toEqual(refusals(cases))
      const settings = ({ updated_at, health, health_checked_at, ...rest }: AdminCatalog) => rest
      expect(settings((await call("GET", `${CATALOGS}/${id}`)).data.catalog)).toEqual(settings(before))
      expect((await call("POST", `${CATALOGS}/${id}`, { ...usd, country_code: "us" })).data.catalog).toMatchObject({
        region_id: null,
        currency_code: "usd",
        country_code: "us",
      })
    })
  })

  describe("access", () => {
    it("every admin route refuses a caller who is not logged in", async () => {
      const root = join(__dirname, "..", "..", "src", "api")
      const routes = readdirSync(root, { recursive: true, encoding: "utf-8" }).filter((file) => /^admin.*route\.ts$/.test(file))
      const asked: string[] = []
      for (const file of routes) {
        const url = `/${relative(root, join(root, file, "..")).replace(/\[\w+\]/g, "any")}`
        for (const [, method] of readFileSync(join(root, file), "utf-8").matchAll(/export (?:async function|const) (GET|POST|DELETE)\b/g)) {
          asked.push(`${method} ${url} ${(await call(method, url, {}, {})).status}`)
        }
      }
      expect(asked.length).toBeGreaterThan(15)
      expect(asked.filter((line) => !line.endsWith(" 401"))).toEqual([])
    })

    it("no response, table, workflow execution or log line ever holds a secret, and the app secret proof is sent", async () => {
      const { control } = store.sandbox
      const logger = store.container.resolve(ContainerRegistrationKeys.LOGGER)
      logger.setLogLevel("debug")
      const written = captureOutput(logger)
      const answers: string[] = []
      const tap = store.api.interceptors.response.use((reply) => (answers.push(JSON.stringify(reply.data)), reply))
      await sql().raw(`create table seen_execution (content text)`)
      await sql().raw(
        `create function see_execution() returns trigger language plpgsql as
         $$ begin insert into seen_execution values (new::text); return new; end $$`
      )
      await sql().raw("create trigger see after insert or update on workflow_execution for each row execute function see_execution()")

      const appSecret = "an-app-secret-4711"
      const body = await newConnection(store, { app_secret: appSecret })
      const token = "EAAGsecretTokenOfThisTest0815"
      // Every call that succeeds below carries the proof: the sandbox refuses this token without.
      await control.createToken({ token, catalogIds: [body.meta_catalog_id], appSecret, requireProof: true })
      const created = await call("POST", CATALOGS, { ...body, access_token: token })
      expect(created).toMatchObject({ status: 201, data: { catalog: { has_access_token: true, has_app_secret: true } } })
      const catalogId = created.data.catalog.id
      await call("POST", `${CATALOGS}/${catalogId}/feeds`, {})
      const feed = (await statusOf(store, catalogId)).feeds[0]
      const { password } = (await metaCatalog(store.container).feedCredentials(feed.id))!
      await until("an upload is taken in", async () => (await statusOf(store, catalogId)).counts.in_step > 0)

      // Meta quotes what it was sent, in refusals of every kind of call.
      const quoting = (path: string, code: number, sent: string) => {
        const message = `Cannot use ${token} with ${appSecret}${sent}`
        return { path, method: "POST" as const, times: 1, action: { type: "error" as const, code, message } }
      }
      const credentials = ` and meta:${password}@store`
      await control.setFaults([
        quoting(`/${feed.meta_feed_id}$`, 100, credentials),
        quoting("/uploads", 100, credentials),
        quoting("items_batch", 190, ""),
      ])
      const saidOnFeed = async (words: RegExp) => words.test((await statusOf(store, catalogId)).feeds[0].last_error ?? "")
      await call("POST", `/admin/meta-catalog/feeds/${feed.id}/rotate-token`)
      await until("the refused change is on the feed", () => saidOnFeed(/Cannot use \[hidden\] with \[hidden\] and meta:\[hidden\]@store/))
      await call("POST", `/admin/meta-catalog/feeds/${feed.id}/upload`)
      await until("the refused upload is on the feed", () => saidOnFeed(/could not be started: .*Cannot use \[hidden\]/))
      const variant = variantOf(store, "plain")
      await setStock(variant, 31)
      await until("the catalogue is paused", async () => (await statusOf(store, catalogId)).catalog.state === "paused")
      await control.clearFaults()
      await call("POST", `${CATALOGS}/${catalogId}`, { access_token: "EAAGanotherTokenMetaRefuses42" })
      await call("POST", "/admin/meta-catalog/test-connection", { meta_catalog_id: body.meta_catalog_id, access_token: token, app_secret: appSecret })
      expect((await call("POST", `${CATALOGS}/${catalogId}/test-connection`)).data.test.ok).toBe(true)
      const wanted = await wantedOf(variant)
      await until("the change has arrived", async () => (await quantityAtMeta(body.meta_catalog_id, variant.sku)) === wanted)
      await productOf(store, variant.productId)
      await call("GET", "/admin/meta-catalog/issues")

      store.api.interceptors.response.eject(tap)
      const output = written.end()
      logger.unsetLogLevel()
      const executions = (await sql()("seen_execution").pluck("content")) as string[]
      // The places were really looked at: each holds what this test has caused there.
      expect(answers.some((text) => text.includes(catalogId))).toBe(true)
      expect(output).toMatch(/Kiln on Meta is paused/)
      expect(executions.some((text) => text.includes(feed.id))).toBe(true)
      for (const [name, secret] of Object.entries({ token, appSecret, password, refused: "EAAGanotherTokenMetaRefuses42" })) {
        const hits = (texts: string[]) => texts.filter((text) => text.includes(secret)).map((text) => excerptAround(text, secret))
        const found = { answers: hits(answers), log: hits([output]), executions: hits(executions), tables: await tablesHolding(secret) }
        expect({ [name]: found }).toEqual({ [name]: { answers: [], log: [], executions: [], tables: [] } })
      }
      expect(await tablesHolding(feed.id)).toContain("meta_catalog_feed")
    })

    it("a key that cannot decrypt pauses the catalogue and stops nothing; the token entered again resumes it", async () => {
      const connected = await store.connect()
      const { catalogId } = connected
      const lost = new SecretBox("another key than the store's, and long enough")
      const stored = lost.encrypt(connected.token, { rowId: catalogId, column: "access_token" })
      await sql()("meta_catalog_catalog").where({ id: catalogId }).update({ access_token_encrypted: stored })
      const feedId = connected.feed.id
      const password = lost.encrypt("the feed's password", { rowId: feedId, column: "basic_password" })
      await sql()("meta_catalog_feed").where({ id: feedId }).update({ basic_password_encrypted: password })
      const variant = variantOf(store, "plain")
      await setStock(variant, 29)
      const { catalog } = await until("the catalogue is paused", async () => {
        const status = await statusOf(store, catalogId)
        return status.catalog.state === "paused" && status
      })
      expect(catalog).toMatchObject({ pause_reason: "secret_unreadable", pause_message: expect.stringMatching(/Enter the token again/) })

      const unreadable = /^access_token: the stored token cannot be read: .* Enter it again/
      expect(await call("POST", `${CATALOGS}/${catalogId}/test-connection`)).toMatchObject({ status: 400, message: expect.stringMatching(unreadable) })
      expect(await call("POST", `${CATALOGS}/${catalogId}`, { graph_version: "v25.0" })).toMatchObject({ status: 400, message: expect.stringMatching(unreadable) })
      const atMetaToo = { delete_at_meta: true, confirm_meta_catalog_id: connected.metaCatalogId }
      expect(await call("DELETE", `${CATALOGS}/${catalogId}`, atMetaToo)).toMatchObject({ status: 400, message: expect.stringMatching(unreadable) })
      expect((await call("GET", "/admin/products?limit=1")).status).toBe(200)
      expect((await call("GET", new URL(connected.feed.url).pathname, undefined, {})).status).toBe(503)
      expect((await call("POST", `${CATALOGS}/${catalogId}`, { default_brand: "Kiln & Co" })).data.catalog.default_brand).toBe("Kiln & Co")

      const resumed = await call("POST", `${CATALOGS}/${catalogId}`, { access_token: connected.token })
      expect(resumed.data.catalog).toMatchObject({ state: "active", pause_reason: null })
      const wanted = await wantedOf(variant)
      await until("the change made meanwhile has arrived", async () => (await quantityAtMeta(connected.metaCatalogId, variant.sku)) === wanted)
      await until("Meta knows the feed's new password", async () => {
        const row = await sql()("meta_catalog_feed").where({ id: feedId }).first<{ meta_stale_since: Date | null }>("meta_stale_since")
        return row.meta_stale_since === null
      })
      const { upload_id } = await store.sandbox.control.fetchFeedNow(connected.feed.meta_feed_id!, "replace")
      const upload = (await store.sandbox.control.uploads(connected.feed.meta_feed_id!)).find(({ id }) => id === upload_id)
      expect(upload).toMatchObject({ failed: false, num_detected_items: 250 })
    })

    it("a catalogue connected under another public URL gets nothing sent until a person says that the store has moved", async () => {
      const { control } = store.sandbox
      const connected = await store.connect()
      const { catalogId, feed } = connected
      await sql()("meta_catalog_catalog").where({ id: catalogId }).update({ public_url: "https://old.example" })
      const atMeta = { ...(await control.feeds(connected.metaCatalogId))[0].schedule, url: "https://old.example/feed.csv.gz" }
      await store.sandbox.dataSource.query("update feed set schedule = schedule || $1 where id = $2", [JSON.stringify({ url: atMeta.url }), feed.meta_feed_id])
      const since = await quietSince(control)
      const variant = variantOf(store, "plain")
      await setStock(variant, 37)
      await call("POST", `${CATALOGS}/${catalogId}/push`)
      await call("POST", `/admin/meta-catalog/feeds/${feed.id}/upload`)
      expect((await call("POST", `${CATALOGS}/${catalogId}/feeds`, {})).status).toBe(400)
      const paused = await until("the catalogue is paused", async () => {
        const { catalog } = await statusOf(store, catalogId)
        return catalog.state === "paused" && catalog
      })
      await sleep(2_500)
      expect(paused).toMatchObject({
        pause_reason: "moved_or_copy",
        pause_message: expect.stringMatching(/connected under https:\/\/old\.example/),
      })
      const refused = await call("DELETE", `${CATALOGS}/${catalogId}`, { delete_at_meta: true, confirm_meta_catalog_id: connected.metaCatalogId })
      expect(refused).toMatchObject({ status: 400, message: expect.stringMatching(/^delete_at_meta: this installation is not the one/) })
      expect(await control.calls({ since })).toEqual([])

      const adopted = await call("POST", `${CATALOGS}/${catalogId}/adopt`)
      expect(adopted.data.catalog).toMatchObject({ state: "active", pause_reason: null, public_url: process.env.MEDUSA_BACKEND_URL })
      await until("Meta has the feed's new URL", async () => (await control.feeds(connected.metaCatalogId))[0].schedule?.url === feed.url)
      const wanted = await wantedOf(variant)
      await until("the change made meanwhile has arrived", async () => (await quantityAtMeta(connected.metaCatalogId, variant.sku)) === wanted)
    })
  })

  describe("disconnecting", () => {
    it("leaves Meta's feed and items alone, and deletes them only with the typed catalogue id", async () => {
      const { control } = store.sandbox
      const connected = await store.connect()
      const path = `${CATALOGS}/${connected.catalogId}`
      const confirm = /^confirm_meta_catalog_id: type Meta's catalogue id/
      for (const wrong of [{ delete_at_meta: true }, { delete_at_meta: true, confirm_meta_catalog_id: "1" }]) {
        expect(await call("DELETE", path, wrong)).toMatchObject({ status: 400, message: expect.stringMatching(confirm) })
      }
      expect((await call("DELETE", `${path}?delete_at_meta=true`)).status).toBe(400)
      expect((await call("GET", path)).status).toBe(200)

      expect(await call("DELETE", path)).toMatchObject({ status: 200, data: { id: connected.catalogId, deleted: true } })
      expect((await call("GET", path)).status).toBe(404)
      expect(await tablesHolding(connected.catalogId)).toEqual([])
      expect(await control.feeds(connected.metaCatalogId)).toHaveLength(1)
      expect((await control.items(connected.metaCatalogId)).length).toBeGreaterThan(200)

      // Connected again, the store makes a feed of its own; Meta's deletion takes that one with its items.
      const body = await newConnection(store, { meta_catalog_id: connected.metaCatalogId, access_token: connected.token })
      const { id } = (await call("POST", CATALOGS, body)).data.catalog
      const second = (await call("POST", `${CATALOGS}/${id}/feeds`, {})).data.feed
      expect((await control.feeds(connected.metaCatalogId)).map((feed) => feed.id)).toContain(second.meta_feed_id)
      expect((await call("DELETE", `${CATALOGS}/${id}?delete_at_meta=true&confirm_meta_catalog_id=${connected.metaCatalogId}`)).status).toBe(200)
      expect((await control.feeds(connected.metaCatalogId)).map((feed) => feed.id)).toEqual([connected.feed.meta_feed_id])
      expect((await call("GET", `${CATALOGS}/${id}`)).status).toBe(404)
    })
  })

  describe("issues", () => {
    it("name what is wrong with each variant, and are filtered and paged", async () => {
      const connected = await store.connect()
      const list = async (query: string) => (await call("GET", `/admin/meta-catalog/issues?${query}`)).data as { issues: AdminIssue[]; count: number }
      const codesOf = async (kind: Parameters<typeof variantOf>[1]) => {
        const variant = store.facts.variants.find((each) => each.kind === kind)!
        const { issues } = await list(`product_id=${variant.productId}&variant_id=${variant.variantId}`)
        return issues.map(({ severity, field, action }) => ({ severity, field, hasAction: Boolean(action) }))
      }
      expect(await codesOf("no_price")).toContainEqual({ severity: "error", field: "price", hasAction: true })
      expect(await codesOf("no_image")).toContainEqual({ severity: "error", field: "image_link", hasAction: true })
      expect(await codesOf("long_sku")).toContainEqual({ severity: "error", field: "id", hasAction: true })
      expect(await codesOf("no_sku")).toContainEqual({ severity: "warning", field: "id", hasAction: true })
      expect(await codesOf("wrong_gtin")).toContainEqual({ severity: "warning", field: "gtin", hasAction: true })
      expect(await codesOf("plain")).toEqual([])

      const all = await list("limit=200")
      const { issues: counted } = await statusOf(store, connected.catalogId)
      expect(all.count).toBe(counted.errors + counted.warnings)
      expect(all.issues).toHaveLength(all.count)
      expect(all.issues.map(({ severity }) => severity)).toEqual([...all.issues.map(({ severity }) => severity)].sort())
      const errors = await list(`severity=error&source=check&catalog_id=${connected.catalogId}`)
      expect(errors.count).toBe(counted.errors)
      expect(new Set(errors.issues.map(({ severity, source }) => `${severity} ${source}`))).toEqual(new Set(["error check"]))
      expect((await list("source=audit")).count).toBe(0)

      const pages: AdminIssue[] = []
      for (let offset = 0; offset < all.count; offset += 3) {
        const page = await list(`limit=3&offset=${offset}`)
        expect(page).toMatchObject({ count: all.count, limit: 3, offset })
        pages.push(...page.issues)
      }
      expect(pages.map(({ id }) => id)).toEqual(all.issues.map(({ id }) => id))
      const refused = await call("GET", "/admin/meta-catalog/issues?limit=1000&severity=fatal")
      expect(refused).toMatchObject({ status: 400, message: expect.stringMatching(/^(?=.*\bseverity: )(?=.*\blimit: )/) })
    })
  })

  /** The tables with a row that holds this text anywhere. */
  async function tablesHolding(text: string): Promise<string[]> {
    const tables: string[] = await sql()("information_schema.tables").where({ table_schema: "public", table_type: "BASE TABLE" }).pluck("table_name")
    const holding: string[] = []
    for (const table of tables) {
      const [row] = (await sql().raw(`select 1 from ?? x where position(? in x::text) > 0 limit 1`, [table, text])).rows
      if (row) {
        holding.push(table)
      }
    }
    return holding
  }
})

/** Waits until what a catalogue's last round still had to say is said, and answers the time on Meta's side from which silence counts. */
async function quietSince(control: SandboxControl): Promise<string> {
  for (let before = -1; ; ) {
    const { length } = await control.calls()
    const { now } = await control.clock()
    if (length === before) {
      return now
    }
    before = length
    await sleep(2_000)
  }
}

function excerptAround(text: string, part: string): string {
  const start = text.indexOf(part)
  return text.slice(Math.max(0, start - 100), start + part.length)
}

function refusals(cases: Record<string, [patch: object, message: RegExp]>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(cases).map(([name, [, message]]) => [name, { status: 400, message: expect.stringMatching(message) }]))
}

/** Everything the process writes and the store logs, until `end`; among several files jest keeps the logger's output to itself. */
function captureOutput(logger: Logger): { end: () => string } {
  let text = ""
  const { loggerInstance_: stream } = logger as unknown as { loggerInstance_: NodeJS.EventEmitter }
  const listen = (entry: object) => {
    text += `${JSON.stringify(entry)}\n`
  }
  stream.on("data", listen)
  const taps = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream)
    return jest.spyOn(stream, "write").mockImplementation((...args: Parameters<typeof write>) => {
      text += String(args[0])
      return write(...args)
    })
  })
  return {
    end: () => {
      taps.forEach((tap) => tap.mockRestore())
      stream.off("data", listen)
      return text
    },
  }
}
