import { defineMapItem } from "../../src/catalog/map-item-hook"

/** A hook as a store's developer would write it, for the tests: labels by price, and failures for products that ask for them. */
export const mapItem = defineMapItem({
  columns: ["custom_label_4", "custom_number_4"],
  map: (cells, { variant, product, catalog }) => {
    const wanted = product.metadata?.map_item
    if (wanted === "throw") throw new Error(`no row for ${product.title}`)
    if (wanted === "odd") return { ...cells, custom_label_3: "not named", price: "1.00 EUR", colour: "Blue", gender: "robots" }
    if (wanted === "brand") return { brand: `${cells.brand} by ${catalog.name}`, custom_label_4: null }
    return { custom_label_4: Number(variant.price.amount) > 20 ? "dear" : "cheap", custom_number_4: product.tags.length }
  },
})
