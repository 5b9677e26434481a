import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readOrders } from "../orders-csv"

const folder = mkdtempSync(join(tmpdir(), "orders-"))
const file = join(folder, "orders.csv")
afterAll(() => rmSync(folder, { recursive: true }))

function read(lines: string[], metaShare: number | null = null) {
  writeFileSync(file, ["time,sku,quantity,channel,stock", ...lines].join("\n"))
  return readOrders(file, { seed: 1, metaShare })
}

test("orders become what was wanted of each item, in the order of time from the first day's midnight", () => {
  const trace = read(["2026-03-02T00:00:10Z,MUG,1,meta,", "2026-03-01T12:00:00Z,MUG,2,web,9", '2026-03-01T13:00:00Z,"PLATE, blue",1,Meta,4'])
  expect(trace.seconds).toBe(86_411)
  expect(trace.items.map(({ sku, stock }) => [sku, stock])).toEqual([
    ["MUG", 9],
    ["PLATE, blue", 4],
  ])
  expect(trace.items[0].demands).toEqual([
    { at: 43_200, channel: "web", units: 2 },
    { at: 86_410, channel: "meta", units: 1 },
  ])
  expect(trace.items[1].demands[0].channel).toBe("meta")
})

test("a stock that is not what the orders left is a delivery, or a loss", () => {
  const [mug] = read(["2026-03-01T12:00:00Z,MUG,2,web,9", "2026-03-01T13:00:00Z,MUG,1,web,20", "2026-03-01T14:00:00Z,MUG,1,web,15"]).items
  expect(mug.deliveries).toEqual([
    { at: 46_800, units: 13 },
    { at: 50_400, units: -4 },
  ])
})

test("with a share at Meta the file's channels are not used, and the seed draws", () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `2026-03-01T12:00:00Z,MUG,1,web,${1_000 - index}`)
  const atMeta = (share: number) => read(lines, share).items[0].demands.filter(({ channel }) => channel === "meta").length
  expect([atMeta(0), atMeta(100)]).toEqual([0, 1_000])
  expect(Math.abs(atMeta(30) - 300)).toBeLessThan(60)
  expect(atMeta(30)).toBe(atMeta(30))
})

test.each([
  ["yesterday,MUG,1,web,9", /line 2: time: must be a time/],
  ["2026-03-01T12:00:00Z,,1,web,9", /line 2: sku: must not be empty/],
  ["2026-03-01T12:00:00Z,MUG,0,web,9", /line 2: quantity: must be at least 1/],
  ["2026-03-01T12:00:00Z,MUG,1.5,web,9", /line 2: quantity: must be a whole number/],
  ["2026-03-01T12:00:00Z,MUG,1,web,many", /line 2: stock: /],
  ["2026-03-01T12:00:00Z,MUG,1,web,", /stock: the first order of MUG must say what there was/],
])("names what cannot be read: %s", (line, message) => {
  expect(() => read([line])).toThrow(message)
})

test("a file without orders, or without a column, says so", () => {
  expect(() => read([])).toThrow(/holds no orders/)
  writeFileSync(file, "time,sku,quantity,stock\n2026-03-01T12:00:00Z,MUG,1,4\n")
  expect(() => readOrders(file, { seed: 1, metaShare: null })).toThrow(/line 2: channel: /)
})
