import { moduleIntegrationTestRunner } from "@medusajs/test-utils"
import { META_CATALOG_MODULE } from ".."
import type { BatchEntry } from "../batches/batch-entry"
import type { BatchHold } from "../batches/batches"
import type { ItemValue, PriceGroup } from "../items/items"
import { MetaCatalogModuleService } from "../service"
import { givenCatalog, givenItems, OPTIONS, PUBLIC_URL } from "./given"

const PRICE: PriceGroup = { price: "24.50 EUR", sale_price: "19.00 EUR", sale_price_effective_date: "" }
const NO_SALE: PriceGroup = { price: "24.50 EUR", sale_price: "", sale_price_effective_date: "" }

moduleIntegrationTestRunner<MetaCatalogModuleService>({
  moduleName: META_CATALOG_MODULE,
  resolve: `${__dirname}/..`,
  moduleOptions: OPTIONS,
  pathToMigrations: `${__dirname}/../migrations`,
  testSuite: ({ service }) => {
    const itemOf = async (id: string) => await service.retrieveItem(id)

    /** One listed item that is due, with this known state. */
    async function givenDueItem(patch: Record<string, unknown> = {}) {
      const catalog = await givenCatalog(service)
      const due = { due_at: new Date(Date.now() - 60_000), due_reason: "inventory-level.updated" }
      const [itemId] = await givenItems(service, { ...catalog, count: 1 }, { ...due, ...patch })
      return { ...catalog, itemId }
    }

    /** Claims the item and sends it these groups. */
    async function send(catalogId: string, value: ItemValue, unchanged?: ItemValue): Promise<BatchHold> {
      const { hold, items } = await service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "worker", limit: 10 })
      const entry = (of: ItemValue): BatchEntry => ({ item_id: items[0].id, retailer_id: items[0].retailer_id, reason: items[0].due_reason, due_at: items[0].due_at, ...of })
      await service.batches.prepareBatch(hold, { entries: unchanged ? [] : [entry(value)], unchanged: unchanged ? [entry(unchanged)] : [] })
      await service.batches.recordSent(hold, { handle: "h", rejected: [], mustVerify: false, pollAfterMs: 0 })
      return hold
    }

    const STOCK: ItemValue = { quantity: 5, availability: "in stock", price: null }
    const PRICES: ItemValue = { quantity: null, availability: null, price: PRICE }
    const KNOWN = { acknowledged_quantity: 5, acknowledged_availability: "in stock", acknowledged_price: NO_SALE }

    it("a call that carries prices alone leaves the acknowledged pair as it is", async () => {
      const { catalogId, itemId } = await givenDueItem(KNOWN)
      const hold = await send(catalogId, PRICES)
      expect(await itemOf(itemId)).toMatchObject({ wanted_quantity: 5, wanted_price: PRICE, sent_price: PRICE, sent_availability: null, acknowledged_price: NO_SALE })
      await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
      expect(await itemOf(itemId)).toMatchObject({ acknowledged_quantity: 5, acknowledged_availability: "in stock", acknowledged_price: PRICE })
    })

    it("a call that carries the pair alone leaves the acknowledged prices as they are", async () => {
      const { catalogId, itemId } = await givenDueItem({ ...KNOWN, acknowledged_quantity: 9 })
      const hold = await send(catalogId, STOCK)
      await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
      expect(await itemOf(itemId)).toMatchObject({ acknowledged_quantity: 5, acknowledged_availability: "in stock", acknowledged_price: NO_SALE, wanted_price: NO_SALE })
    })

    it("everything is unknown once an upload may have overwritten it or the call is in doubt", async () => {
      const upload = await givenDueItem(KNOWN)
      const hold = await send(upload.catalogId, PRICES)
      await service.updateItems([{ id: upload.itemId, reassert: true }])
      await service.batches.settleBatch(hold.batchId, { rejected: [], from: "sent" })
      expect(await itemOf(upload.itemId)).toMatchObject({ acknowledged_availability: null, acknowledged_price: null })

      const lost = await givenDueItem(KNOWN)
      const { batchId } = await send(lost.catalogId, PRICES)
      await service.batches.doubtBatch(batchId, { error: "lost", windowMs: 1_000 })
      expect(await itemOf(lost.itemId)).toMatchObject({ acknowledged_availability: null, acknowledged_price: null })
    })

    it("an item refused with its stock and its prices is due at once, so that its stock can be tried alone", async () => {
      const both = await givenDueItem(KNOWN)
      const { batchId } = await send(both.catalogId, { ...STOCK, price: PRICE })
      await service.batches.settleBatch(batchId, { rejected: [{ retailer_id: "SKU-1", message: "Bad price" }], from: "sent" })
      expect(await itemOf(both.itemId)).toMatchObject({ rejected_at: expect.any(Date), due_at: expect.any(Date), acknowledged_price: null, sent_price: PRICE })
      const { items } = await service.batches.claimItems({ catalogId: both.catalogId, publicUrl: PUBLIC_URL, owner: "worker", limit: 10 })
      expect(items).toMatchObject([{ is_rejected: true, sent_price: PRICE }])

      const alone = await givenDueItem(KNOWN)
      const hold = await send(alone.catalogId, STOCK)
      await service.batches.settleBatch(hold.batchId, { rejected: [{ retailer_id: "SKU-1", message: "Bad" }], from: "sent" })
      expect((await itemOf(alone.itemId)).due_at).toBeNull()
    })

    it("a refused price stays refused while the stock goes on without it, and another price is a new try, also when its call comes to nothing", async () => {
      const { catalogId, itemId } = await givenDueItem(KNOWN)
      const refused = await send(catalogId, PRICES)
      await service.batches.settleBatch(refused.batchId, { rejected: [{ retailer_id: "SKU-1", message: "Bad price" }], from: "sent" })
      expect(await itemOf(itemId)).toMatchObject({ acknowledged_quantity: null, acknowledged_price: null, sent_price: PRICE })
      await service.items.markItemsDue({ itemIds: [itemId], reason: "stock", priority: 10 })
      const alone = await send(catalogId, STOCK)
      await service.batches.settleBatch(alone.batchId, { rejected: [], from: "sent" })
      expect(await itemOf(itemId)).toMatchObject({ acknowledged_quantity: 5, rejected_at: expect.any(Date), last_error: "Bad price" })

      await service.items.markItemsDue({ itemIds: [itemId], reason: "price", priority: 10 })
      const other = await send(catalogId, { ...PRICES, price: NO_SALE })
      await service.batches.abandonBatch(other.batchId, { error: "canceled", backOff: false, perhapsApplied: true, from: ["sent"] })
      const { items } = await service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "worker", limit: 10 })
      expect(items).toMatchObject([{ is_rejected: false, sent_price: NO_SALE, acknowledged_price: null }])
    })

    it("a refusal of the stock alone says nothing about the price that stands", async () => {
      const { catalogId, itemId } = await givenDueItem(KNOWN)
      const hold = await send(catalogId, STOCK)
      await service.batches.settleBatch(hold.batchId, { rejected: [{ retailer_id: "SKU-1", message: "Bad" }], from: "sent" })
      expect(await itemOf(itemId)).toMatchObject({ acknowledged_availability: null, acknowledged_price: NO_SALE })
    })

    it("a price that was only read back is not known to stand", async () => {
      const { catalogId, itemId } = await givenDueItem(KNOWN)
      const { batchId } = await send(catalogId, { ...STOCK, price: PRICE })
      await service.batches.verifyBatch(batchId, { error: "more errors than names", rejected: [] })
      await service.batches.settleBatch(batchId, { rejected: [], from: "verifying" })
      expect(await itemOf(itemId)).toMatchObject({ acknowledged_quantity: 5, acknowledged_price: null })
    })

    it("what a carrier may have changed is not taken for known, so a sell-out beside it is sent", async () => {
      const { catalogId } = await givenDueItem({ ...KNOWN, carrier_id: "mcbatch_carrier", priority: 1, is_ranked: true })
      const { items } = await service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "worker", limit: 10 })
      expect(items).toMatchObject([{ acknowledged_quantity: null, acknowledged_availability: null, acknowledged_price: null }])
    })

    it("a mark and a stop end an item's back-off", async () => {
      const later = { due_at: new Date(Date.now() + 600_000) }
      const marked = await givenDueItem(later)
      await service.items.markItemsDue({ itemIds: [marked.itemId], reason: "sold out", priority: 10 })
      const stopped = await givenDueItem(later)
      expect(await service.panic.stopSelling({ catalogId: stopped.catalogId, scope: null })).toBe(1)
      for (const { catalogId } of [marked, stopped]) {
        expect((await service.batches.claimItems({ catalogId, publicUrl: PUBLIC_URL, owner: "worker", limit: 10 })).items).toHaveLength(1)
      }
    })

    it("keeps what every item was sent, why, since when it waited, what stood before, and how it ended", async () => {
      const { catalogId, itemId } = await givenDueItem(KNOWN)
      const first = await send(catalogId, { quantity: 0, availability: "out of stock", price: null })
      const pending = async () => (await service.history.listItemChanges({ itemId, limit: 10, offset: 0 })).changes
      expect(await pending()).toMatchObject([{ reason: "inventory-level.updated", quantity: 0, before_quantity: 5, before_price: NO_SALE, price: null, outcome: "in_flight", settled_at: null }])
      expect(Date.now() - new Date((await pending())[0].due_at!).getTime()).toBeGreaterThan(50_000)
      await service.batches.settleBatch(first.batchId, { rejected: [], from: "sent" })

      await service.items.markItemsDue({ itemIds: [itemId], reason: "sweep", priority: 100 })
      const second = await send(catalogId, PRICES)
      await service.batches.settleBatch(second.batchId, { rejected: [{ retailer_id: "SKU-1", message: "Bad price" }], from: "sent" })

      await service.items.markItemsDue({ itemIds: [itemId], reason: "product.updated", priority: 50 })
      const third = await send(catalogId, STOCK)
      await service.batches.doubtBatch(third.batchId, { error: "lost", windowMs: 1_000 })

      const { changes, count } = await service.history.listItemChanges({ itemId, limit: 2, offset: 0 })
      expect(count).toBe(3)
      expect(changes).toMatchObject([
        { reason: "product.updated", outcome: "resent", before_availability: null },
        { reason: "sweep", outcome: "rejected", price: PRICE, availability: null, before_quantity: 0 },
      ])
      const [oldest] = (await service.history.listItemChanges({ itemId, limit: 2, offset: 2 })).changes
      expect(oldest).toMatchObject({ outcome: "acknowledged", settled_at: expect.any(Date) })
    })

    it("an item that was let go without a call has a wanted value and no history", async () => {
      const { catalogId, itemId } = await givenDueItem(KNOWN)
      await send(catalogId, STOCK, { ...STOCK, price: NO_SALE })
      expect(await itemOf(itemId)).toMatchObject({ wanted_quantity: 5, wanted_price: NO_SALE, wanted_reason: "inventory-level.updated", batch_id: null, sent_at: null })
      expect((await service.history.listItemChanges({ itemId, limit: 10, offset: 0 })).count).toBe(0)
    })

    it("the halves of a refused call keep their items' history", async () => {
      const catalog = await givenCatalog(service)
      const itemIds = await givenItems(service, { ...catalog, count: 2 }, { due_at: new Date(Date.now() - 1_000) })
      const { hold, items } = await service.batches.claimItems({ catalogId: catalog.catalogId, publicUrl: PUBLIC_URL, owner: "worker", limit: 10 })
      const entries = items.map((item): BatchEntry => ({ item_id: item.id, retailer_id: item.retailer_id, ...STOCK }))
      await service.batches.prepareBatch(hold, { entries, unchanged: [] })
      const halves = await service.batches.splitBatch(hold, [entries.slice(0, 1), entries.slice(1)])
      for (const half of halves) {
        await service.batches.beginHalf(half)
        await service.batches.recordSent(half, { handle: "h", rejected: [], mustVerify: false, pollAfterMs: 0 })
        await service.batches.settleBatch(half.batchId, { rejected: [], from: "sent" })
      }
      for (const itemId of itemIds) {
        expect((await service.history.listItemChanges({ itemId, limit: 10, offset: 0 })).changes).toMatchObject([{ outcome: "acknowledged" }])
      }
    })
  },
})
