import { DEFAULT_LAYOUT, fromStored, type FeedRow } from "../../catalog/columns/field-table"
import { filledCounter } from "../filled-cells"
import { lostColumns } from "../lost-columns"

const SHRINK = { sharePercent: 30, minimumItems: 50 }
const file = (rows: number, filled: Record<string, number>, settings: Record<string, string> = {}) => ({ rows, filled, settings })

describe("the columns that lose their values", () => {
  it.each<[string, number, number, number, number, boolean]>([
    ["nothing changes", 1000, 1000, 1000, 1000, false],
    ["it is empty now", 1000, 900, 1000, 0, true],
    ["as many are left as the share lets go", 1000, 1000, 1000, 700, false],
    ["one more is gone than the share lets go", 1000, 1000, 1000, 699, true],
    ["there were fewer values than count", 1000, 49, 1000, 0, false],
    ["there were just as many values as count", 1000, 50, 1000, 0, true],
    ["its rows went with it", 1000, 1000, 500, 500, false],
    ["half of its rows went, and most of the values of the others", 1000, 1000, 500, 100, true],
    ["the store has grown by rows without it", 1000, 500, 10_000, 500, false],
    ["the store has grown and the values are gone", 1000, 500, 10_000, 100, true],
    ["the file was empty", 0, 0, 100, 0, false],
  ])("when %s", (_, rowsBefore, before, rowsNow, now, isLost) => {
    const lost = lostColumns(file(rowsBefore, { gtin: before }), file(rowsNow, { gtin: now }), SHRINK)
    expect(lost).toEqual(isLost ? [{ column: "gtin", before, now }] : [])
  })

  it("are not those that end with the calendar, that were taken out, or that a person has set otherwise since", () => {
    const before = file(100, { gtin: 100, color: 100, sale_price: 100, availability_date: 100, brand: 100 }, { brand: "Kiln", color: "a" })
    const now = file(100, { color: 0, sale_price: 0, availability_date: 0, brand: 0 }, { brand: "", color: "a" })
    expect(lostColumns(before, now, SHRINK)).toEqual([{ column: "color", before: 100, now: 0 }])
  })
})

it("cells with a value are counted row by row, those of a product for all of its variants, over pages", () => {
  const row = (variant: Record<string, string>, product: FeedRow["product"]): FeedRow => ({ ...fromStored(variant), product })
  const mug = fromStored({ title: "Mug", brand: "Kiln" }).product
  const bowl = fromStored({ title: "Bowl" }).product
  const pages = [[row({ id: "1", gtin: "1" }, mug), row({ id: "2" }, mug)], [row({ id: "3", gtin: "3" }, mug), row({ id: "4" }, bowl)], [], [row({ id: "5" }, mug)]]
  const counter = filledCounter({ ...DEFAULT_LAYOUT, variant: ["id", "gtin", "size"] })
  for (const page of pages) counter.count(page)
  const { id, gtin, size, title, brand, item_group_id, ...others } = counter.totals()
  expect({ id, gtin, size, title, brand, item_group_id }).toEqual({ id: 5, gtin: 2, size: 0, title: 5, brand: 4, item_group_id: 0 })
  expect(Object.values(others).every((filled) => filled === 0)).toBe(true)
  expect(counter.totals()).toMatchObject({ title: 5, brand: 4 })
})
