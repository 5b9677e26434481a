import fc from "fast-check"
import { columnProblem } from "../check-columns"
import { compileColumns, isSettable } from "../column-mapping"
import { columnSources, type ColumnSource } from "../column-source"
import { cellOf, EXTRA_COLUMNS, FEED_FIELDS, fromStored, toStored, type FeedFieldName } from "../field-table"
import { mapItem } from "../../items/map-item"
import { defineMapItem, type MapItem, type MapItemHook } from "../../map-item-hook"
import { mapProduct } from "../../items/map-product"
import { NO_PRICE } from "../../prices/prices"
import type { ProductSource } from "../../store/product-details"
import type { VariantSource } from "../../store/product-sources"
import { isValid, validateItem } from "../../items/validate-item"
import { product, settings, variant } from "../../store/__tests__/sources"

const CURRENCY = { code: "gbp", decimals: 2 }
const CATALOG = { id: "mccat_1", name: "Kiln", metaCatalogId: "1", currencyCode: "gbp", countryCode: "gb", locale: null }

type Sources = Partial<Record<FeedFieldName, unknown[]>>

function compile(sources: Sources, hook: MapItemHook | null = null) {
  const parsed = Object.entries(sources).map(([field, list]) => [field, columnSources.parse(list)] as const)
  return compileColumns({ sources: new Map(parsed), hook, currency: CURRENCY, catalog: CATALOG })
}

function map(sources: Sources, p: Partial<ProductSource> = {}, v: Partial<VariantSource> = {}, hook: MapItemHook | null = null) {
  const s = settings({ columns: compile(sources, hook) })
  return mapItem(variant(v), mapProduct(product(p), s), s, "MUG")
}

const cell = (field: FeedFieldName, list: unknown[], p: Partial<ProductSource> = {}, v: Partial<VariantSource> = {}) => cellOf(map({ [field]: list }, p, v).row, field)

describe("a source", () => {
  const p: Partial<ProductSource> = {
    subtitle: "By hand", type: "Mugs", tags: ["Spring", "Gift"], categoryPath: ["Home", "Kitchen"], mappedCategory: "2169",
    metadata: { season: "Spring", deep: { a: 1 }, toString: "of the product" }, details: { collection: "Kilnware", weight: 400 },
  }
  const v: Partial<VariantSource> = {
    metadata: { season: "Summer", blank: " " }, options: [{ title: "Colour ", value: "Blue" }], details: { origin_country: "pt" },
    price: { amount: "24.5", saleAmount: "20", saleStartsAt: new Date("2027-03-01T08:00Z"), saleEndsAt: new Date("2027-03-08T23:59Z") },
  }

  it.each<[unknown, string]>([
    [{ from: "field", path: "product.subtitle" }, "By hand"],
    [{ from: "field", path: "variant.sku" }, "MUG"],
    [{ from: "field", path: "variant.ean" }, ""],
    [{ from: "field", path: "product.weight" }, "400"],
    [{ from: "field", path: "price.amount" }, "24.5"],
    [{ from: "option", title: "colour" }, "Blue"],
    [{ from: "option", title: "Size" }, ""],
    [{ from: "metadata", of: "variant", key: "season" }, "Summer"],
    [{ from: "metadata", of: "product", key: "season" }, "Spring"],
    [{ from: "metadata", key: "season" }, "Summer"],
    [{ from: "metadata", key: "blank" }, ""],
    [{ from: "metadata", key: "none" }, ""],
    [{ from: "metadata", of: "variant", key: "constructor" }, ""],
    [{ from: "metadata", key: "toString" }, "of the product"],
    [{ from: "type" }, "Mugs"],
    [{ from: "category" }, "Home > Kitchen"],
    [{ from: "collection" }, "Kilnware"],
    [{ from: "tags" }, "Spring, Gift"],
    [{ from: "template", text: "{product.title} {option.Colour} {metadata.season} {variant.metadata.season} {product.metadata.season} {product.tags}" }, "Mug Blue Summer Summer Spring Spring, Gift"],
    [{ from: "template", text: "{product.title} {option.Size}" }, ""],
    [{ from: "template", text: "{price.sale_starts_at}/{price.sale_ends_at}" }, "2027-03-01T08:00+00:00/2027-03-08T23:59+00:00"],
    [{ from: "constant", value: "same" }, "same"],
  ])("%j gives %j", (source, value) => expect(cell("custom_label_0", [source], p, v)).toBe(value))

  it("of the category is the mapped id where the column is about that", () => {
    expect(cell("google_product_category", [{ from: "category" }], p)).toBe("2169")
    expect(cell("product_type", [{ from: "category" }], p)).toBe("Home > Kitchen")
  })

  it("that has no value, or none that fits, leaves its place to the next one, and none leaves the cell empty", () => {
    const sources = [{ from: "metadata", key: "sex" }, { from: "metadata", key: "season" }, { from: "constant", value: "Unisex" }]
    const item = map({ gender: sources }, p)
    expect(item.row.variant.gender).toBe("unisex")
    expect(item.losses).toEqual([{ kind: "invalid", field: "gender", value: "Spring", reason: "must be one of female, male, unisex" }])
    expect(map({ brand: [] }).row.product.brand).toBe("")
  })

  it("called default is the built-in one with all it says, and is not heard of where another one answers", () => {
    const long = { title: "long ".repeat(40), description: null }
    const instead = map({ title: [{ from: "constant", value: "Mug" }], description: [{ from: "constant", value: "A mug." }] }, long)
    expect(instead.row.product).toMatchObject({ title: "Mug", description: "A mug." })
    expect(instead.losses).toEqual([])
    const after = map({ title: [{ from: "metadata", key: "none" }, { from: "default" }] }, long)
    expect(after.row.product.title).toMatch(/^long .*…$/)
    expect(after.losses.map((loss) => loss.kind)).toEqual(["replaced", "cut"])
  })

  it("is asked for what it needs of the store only", () => {
    expect(compile({ shipping_weight: [{ from: "template", text: "{variant.weight} g" }], custom_label_0: [{ from: "collection" }] })!.details).toEqual({
      product: ["collection"],
      variant: ["weight"],
    })
    expect(compile({ title: [{ from: "field", path: "product.subtitle" }] })!.details).toEqual({ product: [], variant: [] })
  })
})

describe("a row with set columns", () => {
  it("has them all, and is kept and hashed with them", () => {
    const sources: Sources = { custom_label_0: [{ from: "constant", value: "a" }], vendor_id: [{ from: "field", path: "variant.sku" }], mpn: [{ from: "constant", value: "M" }] }
    const { row, hash } = map(sources)
    expect(row.extra).toEqual({ custom_label_0: "a", vendor_id: "MUG" })
    expect(fromStored(toStored(row))).toEqual(row)
    expect(map(sources).hash).toBe(hash)
    expect(map({ ...sources, custom_label_0: [{ from: "constant", value: "b" }] }).hash).not.toBe(hash)
    const { custom_label_0, ...others } = sources
    expect(map({ ...others, custom_label_1: custom_label_0 }).hash).not.toBe(hash)
    expect(map({}).hash).not.toBe(hash)
  })

  it("shares the product's half while it is changed in the same way", () => {
    const s = settings({ columns: compile({ title: [{ from: "template", text: "{product.title} {option.Size}" }, { from: "default" }] }) })
    const mapped = mapProduct(product(), s)
    const of = (size: string) => mapItem(variant({ options: [{ title: "Size", value: size }] }), mapped, s, "MUG").row.product
    const first = of("S")
    expect(of("S")).toBe(first)
    expect(of("M")).toEqual({ ...first, title: "Mug M" })
    expect(mapped.cells.title).toBe("Mug")
  })

  it("is the built-in row where nothing is set, and settings of columns that cannot be set are passed over", () => {
    expect(compile({})).toBeNull()
    expect(compile({ price: [{ from: "constant", value: "1.00 GBP" }], status: [{ from: "constant", value: "archived" }] })).toBeNull()
  })

  it("has a column only where a source is set", () => {
    expect(compile({ custom_label_0: [], vendor_id: [{ from: "type" }] })!.extra).toEqual(["vendor_id"])
  })
})

it("a column that is emptied stays in the file only where it is a built-in one, alone as well as beside others", () => {
  for (const others of [{}, { custom_label_1: [{ from: "constant", value: "set" }] }]) {
    const mapping = compile({ ...others, custom_label_0: [], mpn: [] })!
    expect(mapping.extra).not.toContain("custom_label_0")
    const { row } = map({ ...others, custom_label_0: [], mpn: [] }, { metadata: { mpn: "M-1" } })
    expect([cellOf(row, "custom_label_0"), cellOf(row, "mpn")]).toEqual(["", ""])
  }
})

describe("mapItem", () => {
  const hook = (run: MapItem, columns: FeedFieldName[] = []) => defineMapItem({ columns, map: run })

  it("sees the row and the store and changes what it answers with, in each column's form", () => {
    const seen: unknown[] = []
    const { row, losses } = map(
      { custom_label_1: [{ from: "constant", value: "set" }] }, { metadata: { season: "Spring" } }, {},
      hook((cells, { variant: v, product: p, catalog }) => {
        seen.push(cells, v.sku, p.metadata, catalog.name)
        return { ...cells, brand: `${cells.brand} Ltd`, custom_label_0: p.metadata?.season, custom_number_0: 7, gtin: null, offer_price: 20 }
      }, ["custom_label_0", "custom_number_0", "offer_price"])
    )
    expect(seen).toEqual([expect.objectContaining({ id: "MUG", brand: "Kiln", custom_label_1: "set", price: "24.50 GBP" }), "MUG", { season: "Spring" }, "Kiln"])
    expect(seen[0]).not.toHaveProperty("gtin")
    expect(row.product.brand).toBe("Kiln Ltd")
    expect(row.extra).toEqual({ custom_label_0: "Spring", custom_label_1: "set", custom_number_0: "7", offer_price: "20.00 GBP" })
    expect(losses).toEqual([])
  })

  it.each<[string, MapItem, string]>([
    ["throws", () => { throw new Error("no such supplier") }, "no such supplier"],
    ["throws what is no error", () => { throw "odd" }, "odd"],
    ["answers with a promise", (async () => ({})) as unknown as MapItem, "has to answer at once"],
    ["answers with text", (() => "x") as unknown as MapItem, "columns are expected"],
  ])("that %s fails the row alone", (_, run, words) => {
    const item = map({}, {}, {}, hook(run))
    const found = validateItem(item, "gbp")
    expect(found).toEqual([expect.objectContaining({ code: "map_item_failed", severity: "error", field: "mapItem", message: expect.stringContaining(words) })])
    expect(isValid(found)).toBe(false)
  })

  const circular: Record<string, unknown> = {}
  circular.self = circular
  const values: [string, () => unknown][] = [
    ["holds itself", () => circular],
    ["holds itself behind a text", () => Object.assign({ name: "Kiln" }, circular)],
    ["holds a bigint", () => ({ amount: 1n })],
    ["fails when it is read", () => ({ get amount() { throw new Error("closed") } })],
  ]

  it.each(values)("with a value that %s leaves the build alone", (_, value) => {
    for (const { name } of FEED_FIELDS.filter((field) => isSettable(field.name))) {
      const { row, losses } = map({}, {}, {}, hook(() => ({ [name]: value() }), [...EXTRA_COLUMNS]))
      expect([name, typeof cellOf(row, name), losses.length < 5]).toEqual([name, "string", true])
    }
  })

  it.each(values)("that throws what %s fails the row alone", (_, value) => {
    expect(isValid(validateItem(map({}, {}, {}, hook(() => { throw value() })), "gbp"))).toBe(false)
  })

  it("answers for the columns it changes: what was wrong with their former values is no longer said", () => {
    const p = { title: "long ".repeat(40), description: null, metadata: { gender: "robots", age_group: "old" } }
    const codes = (run: MapItem) => validateItem(map({}, p, {}, hook(run)), "gbp").map(({ code }) => code)
    expect(codes(() => null)).toEqual(["description_missing", "title_cut", "gender_unknown", "age_group_unknown"])
    expect(codes(() => ({ title: "Mug", description: "Thrown by hand", gender: "unisex" }))).toEqual(["age_group_unknown"])
    expect(codes(() => ({ title: "Mug", description: "Thrown by hand", gender: "machines" }))).toEqual(["age_group_unknown", "gender_invalid"])
  })

  it.each<[string, (v: VariantSource, p: ProductSource) => unknown]>([
    ["a price, also that of all items without one", (v) => (v.price.amount = "1")],
    ["options, which other items have, too", (v) => (v.options as unknown[]).pop()],
    ["metadata", (v) => (v.metadata!.season = "Summer")],
    ["what is deep in metadata", (_, p) => ((p.metadata!.deep as Record<string, unknown>).a = 2)],
    ["the product", (_, p) => (p.title = "Cup")],
    ["a list of the product's", (_, p) => p.tags.push("Cup")],
  ])("cannot change %s in the store's data, which other catalogues read next", (_, change) => {
    const v = variant({ price: NO_PRICE, options: [{ title: "Size", value: "L" }], metadata: { season: "Spring" } })
    const p = product({ metadata: { deep: { a: 1 } }, tags: ["Mug"] })
    const before = structuredClone([v, p, NO_PRICE])
    const s = settings({ columns: compile({}, hook((_cells, context) => { change(context.variant as VariantSource, context.product as ProductSource); return null })) })
    const { losses } = mapItem(v, mapProduct(p, s), s, "MUG")
    expect([v, p, NO_PRICE]).toEqual(before)
    expect(losses).toEqual([expect.objectContaining({ kind: "hook_failed" })])
  })

  it("cannot change what the plugin fills in, nor columns nobody knows or has named", () => {
    const item = map({}, {}, {}, hook(() => ({ price: "1.00 GBP", colour: "Blue", custom_label_0: "x", gender: "robots" }) as never))
    expect(item.row.variant.price).toBe("24.50 GBP")
    expect(item.row.extra).toEqual({})
    const found = validateItem(item, "gbp")
    expect(found.map(({ code, field, severity }) => [code, field, severity])).toEqual([
      ["map_item_refused", "price", "warning"],
      ["map_item_refused", "colour", "warning"],
      ["map_item_refused", "custom_label_0", "warning"],
      ["gender_invalid", "gender", "warning"],
    ])
  })

  it("that changes nothing leaves the row as it is", () => {
    for (const answer of [undefined, null, {}]) {
      const item = map({}, {}, {}, hook(() => answer))
      expect(item.row).toEqual(map({}).row)
    }
    expect(map({}, {}, {}, hook((cells) => cells)).losses).toEqual([])
  })

  it("cannot make a row of other parts than text", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...FEED_FIELDS.map((field) => field.name), "colour"), fc.anything()), (answer) => {
        const { row } = map({}, {}, {}, hook(() => answer, [...EXTRA_COLUMNS]))
        for (const { name } of FEED_FIELDS) expect(typeof cellOf(row, name)).toBe("string")
      })
    )
  })
})

describe("what may be set", () => {
  const problem = (field: string, sources: unknown[] | null) => columnProblem(field, sources as ColumnSource[] | null, CURRENCY)

  it("is every column but those that stock, prices and ids fill", () => {
    expect(FEED_FIELDS.map((field) => field.name).filter((name) => !isSettable(name)).sort()).toEqual(
      ["availability", "availability_date", "id", "previous_id", "price", "quantity_to_sell_on_facebook", "sale_price", "sale_price_effective_date", "status"]
    )
    expect(problem("mpn", null)).toBeNull()
    expect(problem("mpn", [])).toBeNull()
    expect(problem("price", null)).toMatch(/^columns\.price: /)
  })

  it("is the same for all variants where Meta asks for that", () => {
    expect(problem("item_group_id", [{ from: "field", path: "product.handle" }])).toBeNull()
    expect(problem("shipping", [{ from: "template", text: "{product.metadata.shipping}" }])).toBeNull()
    for (const source of [{ from: "option", title: "Size" }, { from: "metadata", of: "either", key: "x" }, { from: "template", text: "{metadata.x}" }, { from: "field", path: "price.amount" }]) {
      expect(problem("shipping", [source])).toMatch(/^columns\.shipping\.0: must be the same/)
    }
  })
})

it("offers that are no deal are warned of", () => {
  const codes = (offer: string) => validateItem(map({ offer_price: [{ from: "constant", value: offer }] }), "gbp").map(({ code }) => code)
  expect(codes("20.82")).toEqual([])
  expect(codes("20.83")).toEqual(["offer_price_too_high"])
  expect(validateItem(map({ offer_price: [{ from: "constant", value: "20" }] }, {}, { price: { amount: null, saleAmount: null, saleStartsAt: null, saleEndsAt: null } }), "gbp").map(({ code }) => code)).toEqual(["price_missing"])
  const dear = { amount: "100000000000000000.00", saleAmount: null, saleStartsAt: null, saleEndsAt: null }
  const dearCodes = (offer: string) => validateItem(map({ offer_price: [{ from: "constant", value: offer }] }, {}, { price: dear }), "gbp").map(({ code }) => code)
  expect(dearCodes("85000000000000000.00")).toEqual([])
  expect(dearCodes("85000000000000000.01")).toEqual(["offer_price_too_high"])
})
