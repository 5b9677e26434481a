import { categoryTree, deepestPath, mappedCategory, type CategoryRow } from "../category-tree"

function row(id: string, parent: string | null, google: string | null = null, isPublic = true): CategoryRow {
  return { id, name: id.toUpperCase(), parent_category_id: parent, is_public: isPublic, google_product_category: google }
}

const tree = categoryTree([
  row("clothing", null, "1604"),
  row("shirts", "clothing"),
  row("tees", "shirts", "212"),
  row("internal", null, "536", false),
  row("below", "internal"),
  row("gifts", null, "96"),
  row("plain", null),
  row("orphan", "deleted", "2169"),
])

describe("categoryTree", () => {
  it("gives a category without a mapping that of the nearest above it", () => {
    expect(tree.get("clothing")!.mapping).toEqual({ googleProductCategory: "1604", fromId: "clothing", depth: 1 })
    expect(tree.get("shirts")!.mapping).toEqual({ googleProductCategory: "1604", fromId: "clothing", depth: 1 })
    expect(tree.get("tees")!.mapping).toEqual({ googleProductCategory: "212", fromId: "tees", depth: 3 })
    expect(tree.get("plain")!.mapping).toBeNull()
  })

  it("hides a branch below a hidden category, but lets mappings reach through", () => {
    expect(tree.get("below")).toMatchObject({ isPublic: false, mapping: { googleProductCategory: "536" } })
    expect(deepestPath(["below"], tree)).toEqual([])
  })

  it("leaves out what has lost its parent", () => expect(tree.has("orphan")).toBe(false))
})

describe("mappedCategory", () => {
  it.each<[string, string[], string | null]>([
    ["no category", [], null],
    ["a category that is gone", ["gone"], null],
    ["an unmapped one", ["plain"], null],
    ["an inherited one", ["shirts"], "1604"],
    ["the deepest mapping", ["gifts", "tees", "shirts"], "212"],
    ["an unmapped one beside a mapped one", ["plain", "gifts"], "96"],
    ["two equally deep: the smaller id", ["gifts", "clothing"], "1604"],
    ["the same in another order", ["clothing", "gifts"], "1604"],
    ["where the mapping was made counts, not where the product lies", ["shirts", "gifts"], "1604"],
  ])("%s", (_case, ids, expected) => expect(mappedCategory(ids, tree)).toBe(expected))
})

it("takes the deepest public path", () => expect(deepestPath(["gifts", "tees", "below"], tree)).toEqual(["CLOTHING", "SHIRTS", "TEES"]))
