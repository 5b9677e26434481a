import { randomInt } from "node:crypto"
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { updateInventoryLevelsWorkflow } from "@medusajs/medusa/core-flows"
import pullUploads from "../../src/jobs/pull-uploads"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { randomFrom } from "../store/random"
import { statusOf, until, variantOf, withConnectedStore, type Connected } from "./connected-store"
import type { EdgeFault } from "./edge-fault"

jest.setTimeout(180_000)

/** Said with every failure; given in MUTATION_SEED, it makes the same run again. */
const SEED = Number(process.env.MUTATION_SEED ?? randomInt(2 ** 31))

withConnectedStore("feed-mutations", (store) => {
  const random = randomFrom(SEED)
  const upTo = (limit: number) => Math.floor(random() * limit)
  const control = () => store.sandbox.control
  const module = () => metaCatalog(store.container)
  const sql = () => store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const post = (path: string) => store.api.post(`/admin/meta-catalog${path}`, {}, store.admin)
  const fetchNow = ({ feed }: Connected) => control().fetchFeedNow(feed.meta_feed_id!, "replace")
  const newest = async ({ feed }: Connected) => (await control().uploads(feed.meta_feed_id!)).at(-1)!
  const servedFile = async ({ feed }: Connected) => (await module().fetches.findServed({ id: feed.id }))!.file!
  /** Where the local File provider keeps a file. */
  const pathOf = (fileKey: string) => join(process.env.FILE_DIR ?? join(process.cwd(), "static"), fileKey)
  const scheduledFetches = async ({ feed }: Connected) => await module().listFetches({ feed_id: feed.id, named_snapshot: false }, { take: 100 })

  afterEach(async () => {
    store.edge.disturb(null)
    const { broken_transfer, fetch_timeout_ms, unchanged_fetch, conditional_fetch } = initial
    await control().setSettings({ broken_transfer, fetch_timeout_ms, unchanged_fetch, conditional_fetch })
  })
  let initial: Awaited<ReturnType<ReturnType<typeof control>["settings"]>>
  beforeAll(async () => {
    initial = await control().settings()
  })

  /** Retailer ids of what the store sells, from core's own tables. From the `GAP-` variants the seed leaves out what Meta requires. */
  const sold = async (): Promise<string[]> => {
    const { rows } = await sql().raw(
      `select coalesce(nullif(v.sku, ''), v.id) as id from product_variant v
       join product p on p.id = v.product_id and p.status = 'published' and p.deleted_at is null
       join product_sales_channel c on c.product_id = p.id and c.sales_channel_id = ? and c.deleted_at is null
       where v.deleted_at is null and coalesce(v.sku, '') not like 'GAP-%' order by 1`,
      [store.facts.salesChannelId]
    )
    return (rows as { id: string }[]).map((row) => row.id)
  }

  /** The catalogue at Meta as buyers see it. */
  const atMeta = async ({ metaCatalogId }: Connected) => {
    const items = await control().items(metaCatalogId)
    return new Map(items.map((item) => [item.retailer_id, `${item.quantity_to_sell_on_facebook} ${item.availability} ${item.price}`]))
  }

  /** Fails with the seed when an item that the store sells is not at Meta, or with other values than expected. */
  async function expectKept(connected: Connected, values: Map<string, string>, after: unknown): Promise<void> {
    const now = await atMeta(connected)
    const differing = (await sold()).flatMap((id) => (now.get(id) === values.get(id) ? [] : [{ id, now: now.get(id), expected: values.get(id) }]))
    expect({ seed: SEED, after, differing }).toEqual({ seed: SEED, after, differing: [] })
  }

  const takenIn = async (connected: Connected) =>
    await until("every session is taken in and all is in step", async () => {
      await pullUploads(store.container)
      const { uploads, counts } = await statusOf(store, connected.catalogId)
      return uploads.every((upload) => upload.ingested_at) && counts.in_step === counts.listed
    })

  const generated = async ({ feed }: Connected, status: string) => {
    const last = async () => (await module().listSnapshots({ feed_id: feed.id }, { order: { number: "DESC" }, take: 1 }))[0]
    const before = await last()
    await post(`/feeds/${feed.id}/generate`)
    return await until(`a build has ended ${status}`, async () => {
      const snapshot = await last()
      return snapshot.id !== before.id && snapshot.status === status && snapshot
    })
  }

  const setStock = async (variant: { inventoryItemIds: string[] }, quantity: number) => {
    const { berlin } = store.facts.locationIds
    const updates = [{ inventory_item_id: variant.inventoryItemIds[0], location_id: berlin, stocked_quantity: quantity }]
    await updateInventoryLevelsWorkflow(store.container).run({ input: { updates } })
  }

  it("whatever happens to the file on its way, nothing that is sold is lost", async () => {
    const connected = await store.connect()
    const values = await atMeta(connected)
    expect([(await sold()).filter((id) => !values.has(id)), values.size]).toEqual([[], 250])
    const { bytes } = await servedFile(connected)
    const faults: EdgeFault[] = [
      ...[0, upTo(400), upTo(bytes), upTo(bytes), bytes - 1].flatMap((afterBytes): EdgeFault[] => [
        { kind: "cut", afterBytes, as: "reset" },
        { kind: "cut", afterBytes, as: "end" },
      ]),
      ...[0, 10, upTo(bytes), upTo(bytes), bytes - 8, bytes - 1].map((bodyBytes): EdgeFault => ({ kind: "shorten", bodyBytes })),
      { kind: "slow", bytes: Math.ceil(bytes / 20), pauseMs: 100 },
    ]
    for (const broken_transfer of ["refuse", "take"] as const) {
      await control().setSettings({ broken_transfer, fetch_timeout_ms: 700 })
      // What is whole as far as HTTP goes is taken in either case.
      for (const fault of faults.filter(({ kind }) => broken_transfer === "refuse" || kind !== "shorten")) {
        store.edge.disturb(fault)
        await fetchNow(connected)
        const after = { broken_transfer, fault, bytes }
        expect([SEED, after, await newest(connected)]).toEqual([SEED, after, expect.objectContaining({ failed: true, num_deleted_items: 0 })])
        await expectKept(connected, values, after)
      }
    }
    await store.edge.close()
    await fetchNow(connected)
    await store.edge.open()
    store.edge.disturb(null)
    await control().setSettings({ fetch_timeout_ms: initial.fetch_timeout_ms })
    await until("the failures are seen", async () => {
      await pullUploads(store.container)
      return (await statusOf(store, connected.catalogId)).feeds[0].last_error?.includes("Couldn't Be")
    })
    await fetchNow(connected)
    await takenIn(connected)
    expect((await statusOf(store, connected.catalogId)).feeds[0].last_error).toBeNull()
    await expectKept(connected, values, "a whole fetch")
  })

  it("whatever happens to the stored file, nothing that is sold is lost, and what has another size counts as no fetch", async () => {
    const connected = await store.connect()
    const values = await atMeta(connected)
    const { file_key, bytes } = await servedFile(connected)
    const path = pathOf(file_key)
    const whole = readFileSync(path)
    const header = gunzipSync(whole).toString().split("\n")[0]
    const flipped = (at: number) => Buffer.concat([whole.subarray(0, at), Buffer.from([whole[at] ^ 1]), whole.subarray(at + 1)])
    const mutations: [string, () => void][] = [
      ...[0, 1, upTo(bytes), upTo(bytes), bytes - 1].map((length): [string, () => void] => [`cut off at ${length} of ${bytes}`, () => truncateSync(path, length)]),
      // The deflated data, not the head, whose bytes mean nothing to a reader.
      ...[10 + upTo(bytes - 20), bytes - 1, bytes - 5].map((at): [string, () => void] => [`another byte at ${at} of ${bytes}`, () => writeFileSync(path, flipped(at))]),
      ["longer", () => writeFileSync(path, Buffer.concat([whole, whole]))],
      ["empty lines of the right size", () => writeFileSync(path, Buffer.alloc(bytes, "\n"))],
      ["gone", () => rmSync(path)],
    ]
    for (const broken_transfer of ["refuse", "take"] as const) {
      await control().setSettings({ broken_transfer })
      for (const [name, mutate] of mutations) {
        mutate()
        await fetchNow(connected)
        writeFileSync(path, whole)
        const after = { broken_transfer, name }
        expect([SEED, after, await newest(connected)]).toEqual([SEED, after, expect.objectContaining({ failed: true, num_deleted_items: 0 })])
        await expectKept(connected, values, after)
      }
    }
    const ofRightSize = mutations.filter(([name]) => /another byte|right size/.test(name))
    expect((await scheduledFetches(connected)).length).toBeLessThanOrEqual(2 * ofRightSize.length)
    // No rows, but whole in every other respect: Meta refuses it (CONTRACT 6.5).
    const empty = gzipSync(`${header}\n`)
    writeFileSync(path, empty)
    await sql().raw("update meta_catalog_snapshot set bytes = ? where file_key = ?", [empty.length, file_key])
    await fetchNow(connected)
    expect(await newest(connected)).toMatchObject({ failed: true, errors: [{ summary: expect.stringMatching(/Can't Be Empty/) }] })
    await expectKept(connected, values, "a file without rows")
    writeFileSync(path, whole)
    await sql().raw("update meta_catalog_snapshot set bytes = ? where file_key = ?", [bytes, file_key])
    await fetchNow(connected)
    await takenIn(connected)
    await expectKept(connected, values, "a whole fetch")
  })

  it("a fetch while a file is held, and one across the switch to another, leave Meta with what is sold now", async () => {
    const connected = await store.connect()
    const values = await atMeta(connected)
    await control().setSettings({ conditional_fetch: false })
    const stock = await sql()("sales_channel_stock_location").where({ sales_channel_id: store.facts.salesChannelId }).whereNull("deleted_at").select("id")
    const without = (deletedAt: Date | null) => sql()("sales_channel_stock_location").whereIn("id", stock.map(({ id }) => id)).update({ deleted_at: deletedAt })
    await without(new Date())
    const held = await generated(connected, "held")
    await fetchNow(connected)
    expect(await newest(connected)).toMatchObject({ failed: false, num_deleted_items: 0 })
    await expectKept(connected, values, `a fetch while ${held.id} is held`)
    await without(null)
    await takenIn(connected)

    const variant = variantOf(store, "plain")
    const old = await servedFile(connected)
    store.edge.disturb({ kind: "slow", bytes: Math.ceil(old.bytes / 20), pauseMs: 150 })
    const fetched = fetchNow(connected)
    await setStock(variant, 73)
    const built = await generated(connected, "ready")
    await fetched
    store.edge.disturb(null)
    expect(await newest(connected)).toMatchObject({ failed: false, num_deleted_items: 0 })
    await takenIn(connected)
    const { rows } = await sql().raw("select snapshot_id from meta_catalog_upload where feed_id = ? order by started_at desc limit 1", [connected.feed.id])
    expect([rows[0].snapshot_id, built.id === old.id]).toEqual([old.id, false])
    const changed = (await control().item(connected.metaCatalogId, variant.sku))!
    expect(changed.quantity_to_sell_on_facebook).toBeGreaterThanOrEqual(73)
    await expectKept(connected, new Map([...values, [variant.sku, `${changed.quantity_to_sell_on_facebook} in stock ${changed.price}`]]), "a fetch across the switch")
  })

  it("a fetch that is told that nothing is new leaves the newer values, whatever Meta makes of it", async () => {
    const connected = await store.connect()
    await fetchNow(connected)
    await takenIn(connected)
    const values = await atMeta(connected)
    const variant = variantOf(store, "plain")
    let quantity = 81
    for (const unchanged_fetch of ["no_session", "empty_session", "same_file"] as const) {
      await control().setSettings({ unchanged_fetch })
      await setStock(variant, (quantity += 20))
      const changed = await until("the change has arrived", async () => {
        const item = await control().item(connected.metaCatalogId, variant.sku)
        return item!.quantity_to_sell_on_facebook! >= quantity && item
      })
      await takenIn(connected)
      await fetchNow(connected)
      const [feed] = await control().feeds(connected.metaCatalogId)
      expect(feed.last_fetch?.status).toBe("unchanged")
      await until("the fetch is noted", async () => (await scheduledFetches(connected)).some((fetch) => fetch.not_modified))
      if (unchanged_fetch === "same_file") {
        const back = await control().item(connected.metaCatalogId, variant.sku)
        expect(back!.quantity_to_sell_on_facebook).toBeLessThan(quantity)
      }
      await until("the newer value stands", async () => {
        await takenIn(connected)
        return (await control().item(connected.metaCatalogId, variant.sku))!.quantity_to_sell_on_facebook === changed.quantity_to_sell_on_facebook
      })
      await expectKept(connected, new Map([...values, [variant.sku, `${changed.quantity_to_sell_on_facebook} in stock ${changed.price}`]]), unchanged_fetch)
    }
    const { feeds, uploads } = await statusOf(store, connected.catalogId)
    expect(feeds[0]).toMatchObject({ last_error: null, last_fetch: { user_agent: expect.stringMatching(/^facebookexternalhit/) } })
    expect(uploads[0]).toMatchObject({ input_method: "Server Fetch", detected: values.size, snapshot_id: connected.feed.published!.id })
    const told = await store.container.resolve(Modules.NOTIFICATION).listNotifications({}, { take: 100 })
    expect(told.filter(({ data }) => /upload failed/.test(String(data?.title)))).toEqual([])
  })

  it("a new URL is told to Meta, both are served for a day after, and then the old one no more", async () => {
    const connected = await store.connect()
    const credentials = (await module().feedCredentials(connected.feed.id))!
    const ask = async (url: string) => {
      const path = new URL(url).pathname
      const auth = { auth: { username: credentials.username, password: credentials.password } }
      return (await store.api.get(path, { ...auth, validateStatus: () => true, responseType: "arraybuffer" })).status
    }
    const { data } = await post(`/feeds/${connected.feed.id}/rotate-token`)
    expect(await Promise.all([ask(connected.feed.url), ask(data.feed.url)])).toEqual([200, 200])
    await until("Meta knows the new URL", async () => JSON.stringify(await control().feeds(connected.metaCatalogId)).includes(new URL(data.feed.url).pathname))
    await until("the old one has an end", async () => {
      const feed = await module().retrieveFeed(connected.feed.id)
      return feed.previous_token_until!.getTime() < Date.now() + 25 * 60 * 60 * 1000
    })
    await fetchNow(connected)
    expect(await newest(connected)).toMatchObject({ failed: false, num_deleted_items: 0, url: expect.stringContaining(new URL(data.feed.url).pathname) })
    expect(await ask(connected.feed.url)).toBe(200)
    await sql().raw("update meta_catalog_feed set previous_token_until = meta_catalog_now() where id = ?", [connected.feed.id])
    expect(await Promise.all([ask(connected.feed.url), ask(data.feed.url)])).toEqual([404, 200])
    await takenIn(connected)
  })
})
