import { categoryById, categoryOf, findCategories, isKnownCategory, suggestFor } from "../google-taxonomy"

const MUGS = { id: "2169", path: "Home & Garden > Kitchen & Dining > Tableware > Drinkware > Mugs" }

describe("Google's taxonomy", () => {
  it("knows a category by its id and by its path in any letter case", () => {
    expect(categoryById("2169")).toEqual(MUGS)
    expect(categoryOf(" 2169 ")).toEqual(MUGS)
    expect(categoryOf("home & garden>Kitchen & Dining > Tableware  > Drinkware > Mugs")).toEqual(MUGS)
    expect(categoryOf("Clothing & Accessories > Clothing > Trousers & Jeans")).toEqual({ id: "204", path: "Apparel & Accessories > Clothing > Pants" })
    expect(isKnownCategory("Home & Garden > Mugs")).toBe(false)
    expect(isKnownCategory("99999999")).toBe(false)
    expect(isKnownCategory("")).toBe(false)
  })

  it("has nothing of the first level, which Meta does not take", () => {
    expect(isKnownCategory("1")).toBe(false)
    expect(isKnownCategory("Animals & Pet Supplies")).toBe(false)
    expect(isKnownCategory("3237")).toBe(true)
  })

  it("finds categories by words, by the beginning of a word, with a typing error, and by id", async () => {
    expect((await findCategories("mug", 5))[0]).toEqual(MUGS)
    expect(await findCategories("table", 10)).toContainEqual({ id: "6392", path: "Furniture > Tables" })
    expect(await findCategories("drinkwear", 10)).toContainEqual(MUGS)
    expect((await findCategories("212", 5))[0].id).toBe("212")
    expect(await findCategories("shirt", 3)).toHaveLength(3)
    expect(await findCategories("", 3)).toEqual([])
  })

  it.each([
    [["Clothing", "Shirts"], "212"],
    [["Kitchen", "Mugs"], "2169"],
    [["Home & Garden", "Lamps"], "4636"],
    [["Sale", "Women", "Dress"], "2271"],
    [["Jewellery", "Rings"], "200"],
    [["Trousers"], "204"],
    [["Camping"], "1013"],
  ])("suggests for %j the category %s", async (path, id) => {
    expect((await suggestFor(path))?.id).toBe(id)
  })

  it("lets the names above decide between categories with the same name", async () => {
    const named = async (...path: string[]) => (await suggestFor(path))?.path
    expect(await named("Dogs", "Beds")).toContain("Dog Beds")
    expect(await named("Furniture", "Beds")).toContain("Furniture > Beds")
  })

  it("suggests nothing where no name is alike", async () => {
    expect(await suggestFor(["Clothing", "Qwertzuiop"])).toBeUndefined()
    expect(await suggestFor([])).toBeUndefined()
  })
})
