import type { AdminCategory } from "../../../api/admin/meta-catalog/category-types"
import { applyDraft, changeDraft, suggestionOf } from "../category-draft"

const CLOTHING = { id: "1604", path: "Apparel & Accessories > Clothing" }
const SHIRTS = { id: "212", path: "Apparel & Accessories > Clothing > Shirts & Tops" }

function category(id: string, parent: string | null, change: Partial<AdminCategory> = {}): AdminCategory {
  const path = parent ? [parent, id] : [id]
  return { id, name: id, parent_category_id: parent, path, is_public: true, product_count: 1, own: null, inherited: null, suggestion: null, ...change }
}

const clothing = category("clothing", null, { own: CLOTHING })
const shirts = category("shirts", "clothing", { inherited: { ...CLOTHING, from: ["clothing"] }, suggestion: SHIRTS })
const tees = category("tees", "shirts", { inherited: { ...CLOTHING, from: ["clothing"] }, suggestion: SHIRTS })
const lines = (draft = new Map()) => applyDraft([clothing, shirts, tees], draft)

it("shows what is stored where nothing was changed", () => {
  expect(lines().map(({ own, inherited }) => [own?.id, inherited?.id])).toEqual([
    ["1604", undefined],
    [undefined, "1604"],
    [undefined, "1604"],
  ])
})

it("passes a drafted mapping on to the categories below", () => {
  const [, , line] = lines(new Map([["shirts", SHIRTS]]))
  expect(line.inherited).toEqual({ ...SHIRTS, from: ["clothing", "shirts"] })
  expect(suggestionOf(line)).toBeNull()
})

it("takes a mapping away from the categories below with it", () => {
  expect(lines(new Map([["clothing", null]])).map(({ own, inherited }) => own ?? inherited)).toEqual([null, null, null])
})

it("suggests where there is no mapping of its own", () => {
  expect(lines().map(suggestionOf)).toEqual([null, SHIRTS, SHIRTS])
})

it("forgets a change back to what is stored", () => {
  const changed = changeDraft(new Map(), clothing, SHIRTS)
  expect([...changed]).toEqual([["clothing", SHIRTS]])
  expect([...changeDraft(changed, clothing, CLOTHING)]).toEqual([])
  expect([...changeDraft(new Map(), shirts, null)]).toEqual([])
})
