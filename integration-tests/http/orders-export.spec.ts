import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { stringify } from "csv-stringify/sync"
import { readOrders } from "../../simulation/orders-csv"
import { seedStore } from "../store/seed-store"

jest.setTimeout(180_000)

process.env.MEDUSA_WORKER_MODE = "server"

const EXPORT = readFileSync(join(__dirname, "..", "..", "simulation", "orders.sql"), "utf-8")

type Line = { time: string; sku: string; quantity: string; channel: string; stock: string }

medusaIntegrationTestRunner({
  moduleName: "orders-export",
  testSuite: ({ getContainer }) => {
    it("gives a store's orders as the simulation reads them, with the stock there was before each", async () => {
      const container = getContainer()
      const { salesChannelId } = await seedStore(container)
      const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
      const { rows: variants } = await sql.raw<{ rows: { id: string; sku: string; free: number }[] }>(
        `select v.id, v.sku, sum(il.stocked_quantity - il.reserved_quantity)::int as free
         from product_variant v
         join product_variant_inventory_item l on l.variant_id = v.id and l.required_quantity = 1
         join inventory_level il on il.inventory_item_id = l.inventory_item_id and il.deleted_at is null
         where v.manage_inventory and v.sku <> '' and (select count(*) from product_variant_inventory_item k where k.variant_id = v.id) = 1
         group by v.id having sum(il.stocked_quantity - il.reserved_quantity) > 0 order by v.sku limit 2`
      )
      const [mug, plate] = variants
      const now = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString()
      const book = async (variantId: string, quantity: number, minutesAgo: number, patch: Record<string, unknown> = {}) => {
        const items = [{ title: "Ware", variant_id: variantId, quantity, unit_price: 12 }]
        const [order] = await container
          .resolve(Modules.ORDER)
          .createOrders([{ currency_code: "eur", email: "buyer@example.com", sales_channel_id: salesChannelId, items, ...patch }])
        await sql.raw(`update "order" set created_at = cast(? as timestamptz) - make_interval(mins => ?) where id = ?`, [now, minutesAgo, order.id])
      }
      await book(mug.id, 2, 30, { metadata: { meta_order_id: "64000192" } })
      await book(mug.id, 3, 60)
      await book(plate.id, 1, 45, { metadata: { gift: true } })
      await book(plate.id, 50, 40, { status: "canceled" })
      await book(plate.id, 50, 41, { status: "draft", is_draft_order: true })
      await book(plate.id, 50, 29 * 24 * 60)

      const { rows } = await sql.raw<{ rows: Line[] }>(EXPORT)
      expect(rows.map(({ sku, quantity, channel, stock }) => [sku, Number(quantity), channel, Number(stock)])).toEqual([
        [mug.sku, 3, "web", mug.free + 5],
        [plate.sku, 1, "web", plate.free + 1],
        [mug.sku, 2, "meta", mug.free + 2],
      ])

      const folder = mkdtempSync(join(tmpdir(), "orders-export-"))
      try {
        const file = join(folder, "orders.csv")
        writeFileSync(file, stringify(rows, { header: true }))
        const { items } = readOrders(file, { seed: 1, metaShare: null })
        expect(items.map(({ sku, stock, deliveries }) => [sku, stock, deliveries])).toEqual([
          [mug.sku, mug.free + 5, []],
          [plate.sku, plate.free + 1, []],
        ])
        expect(items[0].demands.map(({ channel, units }) => [channel, units])).toEqual([["web", 3], ["meta", 2]])
        expect(items[0].demands[1].at - items[0].demands[0].at).toBe(30 * 60)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  },
})
