import { mapItem } from "../../items/map-item"
import { mapProduct } from "../../items/map-product"
import { overrideCells, removalCells } from "../../items/overlay-rows"
import { translatePage } from "../translate-page"
import { product, settings, variant } from "../../store/__tests__/sources"

const page = { products: new Map([["prod_1", product({ subtitle: "Sub" })]]), variants: [variant(), variant({ id: "variant_2" })] }
const option = (title: string, value: string, id = title) => ({ optionId: `opt_${id}`, title, valueId: `val_${id}`, value })

describe("translatePage", () => {
  it("puts translations in the place of what they translate and leaves the rest", () => {
    const translations = new Map([["prod_1", { title: "Tasse", description: "", subtitle: null }]])
    const { page: shown, translated } = translatePage(page, { translations, options: new Map() })
    expect(shown.products.get("prod_1")).toMatchObject({ title: "Tasse", description: "A mug.", subtitle: "Sub" })
    expect([...translated]).toEqual(["variant_1", "variant_2"])
    expect(page.products.get("prod_1")!.title).toBe("Mug")
  })

  it("counts a variant as translated by any of its own texts, and not by empty ones", () => {
    const options = new Map([["variant_2", [option("Glaze", "Matt")]]])
    const of = (translations: Map<string, Record<string, unknown>>) => [...translatePage(page, { translations, options }).translated]
    expect(of(new Map())).toEqual([])
    expect(of(new Map([["prod_1", { title: " ", description: null }]]))).toEqual([])
    expect(of(new Map([["val_Glaze", { value: "Mat" }]]))).toEqual(["variant_2"])
    expect(of(new Map([["opt_Glaze", { title: "Émail" }]]))).toEqual(["variant_2"])
    expect(of(new Map([["variant_1", { material: "grès" }]]))).toEqual(["variant_1"])
  })

  it("knows a field of Meta's by the option's own title, and translates that of another option", () => {
    const options = new Map([["variant_1", [option("Colour", "Blue"), option("Glaze", "Matt")]]])
    const translations = new Map<string, Record<string, unknown>>([
      ["opt_Colour", { title: "Kolor" }],
      ["val_Colour", { value: "Niebieski" }],
      ["opt_Glaze", { title: "Szkliwo" }],
    ])
    const { page: shown } = translatePage(page, { translations, options })
    const { row } = mapItem(shown.variants[0], mapProduct(product(), settings()), settings(), "MUG")
    expect(row.variant).toMatchObject({ color: "Niebieski", additional_variant_attribute: "Szkliwo:Matt" })
  })
})

describe("lines of an override file", () => {
  const place = { value: "GB", columns: ["price", "sale_price", "title"] as const }

  it("have every cell, empty where there is nothing to say", () => {
    const { row } = mapItem(variant(), mapProduct(product(), settings()), settings(), "MUG")
    expect(overrideCells(row, place)).toEqual(["MUG", "GB", "24.50 GBP", "", "Mug", "false"])
    expect(removalCells("MUG", place)).toEqual(["MUG", "GB", "", "", "", "true"])
  })
})
