import { NOT_OFFERED } from "../../stock/stock-facts"
import { DEFAULT_STOCK_POLICY } from "../../stock/stock-policy"
import type { ItemSettings } from "../../items/item-settings"
import { NO_PRICE } from "../../prices/prices"
import type { ProductSource } from "../product-details"
import type { VariantSource } from "../product-sources"
import { productUrl } from "../../items/product-url"

/** A complete, valid product; tests change what they are about. */
export function product(change: Partial<ProductSource> = {}): ProductSource {
  return {
    id: "prod_1",
    title: "Mug",
    subtitle: null,
    description: "A mug.",
    handle: "mug",
    thumbnail: "https://cdn.example.com/mug.jpg",
    material: null,
    metadata: null,
    details: null,
    type: null,
    tags: [],
    categoryPath: [],
    mappedCategory: null,
    images: [],
    variantCount: 1,
    ...change,
  }
}

/** A complete, valid variant of `product()`. */
export function variant(change: Partial<VariantSource> = {}): VariantSource {
  return {
    id: "variant_1",
    productId: "prod_1",
    title: "One size",
    sku: "MUG",
    barcode: null,
    ean: null,
    upc: null,
    material: null,
    thumbnail: null,
    metadata: null,
    details: null,
    options: [],
    stock: { ...NOT_OFFERED, isOffered: true, available: 5 },
    policy: DEFAULT_STOCK_POLICY,
    price: { ...NO_PRICE, amount: "24.5" },
    item: null,
    ...change,
  }
}

export function settings(change: Partial<ItemSettings> = {}): ItemSettings {
  return {
    currency: { code: "gbp", decimals: 2 },
    productUrl: productUrl("https://shop.example/{country}/products/{handle}?variant={variant_id}"),
    countryCode: "gb",
    locale: null,
    brand: "Kiln",
    condition: "new",
    googleProductCategory: null,
    columns: null,
    ...change,
  }
}
