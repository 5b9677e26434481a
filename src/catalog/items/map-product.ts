import { hash } from "node:crypto"
import { excerpt } from "../columns/cell-text"
import { limitOf, type ProductCells } from "../columns/field-table"
import { categoryOf } from "../categories/google-taxonomy"
import { productImages, type ProductImages } from "./images"
import type { ItemSettings } from "./item-settings"
import type { Loss } from "./loss"
import { metadataText } from "./metadata"
import { cut, isLonger, oneLine, plainText, richText } from "./plain-text"
import type { ProductSource } from "../store/product-details"

/** Everything a product gives to the rows of its variants, worked out once. */
export type MappedProduct = {
  source: ProductSource
  cells: ProductCells
  images: ProductImages
  losses: Loss[]
  /** Stands for the cells in the hash of every row. */
  hash: string
}

/** Maps what all variants of a product share. Pure. */
export function mapProduct(product: ProductSource, settings: ItemSettings): MappedProduct {
  const losses: Loss[] = []
  const fitted = (field: "title" | "description" | "brand", text: string): string => {
    if (isLonger(text, limitOf(field))) losses.push({ kind: "cut", field, value: excerpt(text) })
    return cut(text, limitOf(field))
  }
  const title = oneLine(product.title)
  const written = plainText(product.description ?? "")
  if (written === "") losses.push({ kind: "replaced", field: "description" })
  const brand = metadataText(product.metadata, "brand") ?? settings.brand
  const cells: ProductCells = {
    title: fitted("title", title),
    description: fitted("description", written || plainText(product.subtitle ?? "") || title),
    rich_text_description: richText(product.description ?? "", limitOf("rich_text_description")),
    brand: brand === null ? "" : fitted("brand", oneLine(brand)),
    google_product_category: googleCategory(product, settings, losses),
    product_type: productType(product),
    item_group_id: product.variantCount > 1 ? product.id : "",
    internal_label: labelList(product.tags),
  }
  const images = productImages(product)
  return { source: product, cells, images, losses, hash: hash("md5", JSON.stringify(cells)) }
}

/**
 * Maps products and remembers the last one: variants come ordered by product, so each product is mapped once, also where
 * its variants lie on two pages.
 */
export function productMapper(settings: ItemSettings): (product: ProductSource) => MappedProduct {
  let last: MappedProduct | undefined
  return (product) => (last?.source === product ? last : (last = mapProduct(product, settings)))
}

/**
 * Id in Google's taxonomy: what the product's metadata says, else what its categories are mapped to, else the catalogue's default.
 * One that is not in the taxonomy is no answer, and the next is asked. Mappings were checked when they were made.
 */
function googleCategory(product: ProductSource, settings: ItemSettings, losses: Loss[]): string {
  const known = (text: string | null): string | undefined => {
    const category = text === null ? undefined : categoryOf(text)
    if (text !== null && !category) losses.push({ kind: "invalid", field: "google_product_category", value: excerpt(text) })
    return category?.id
  }
  const own = known(metadataText(product.metadata, "google_product_category"))
  return own ?? product.mappedCategory ?? known(settings.googleProductCategory) ?? ""
}

/** The seller's own path `A > B > C`; where it is too long its end says more than its beginning. */
function productType(product: ProductSource): string {
  const steps = product.categoryPath.length > 0 ? product.categoryPath : product.type ? [product.type] : []
  const path = steps.map(oneLine).filter(Boolean)
  while (path.length > 1 && isLonger(path.join(" > "), limitOf("product_type"))) path.shift()
  return cut(path.join(" > "), limitOf("product_type"))
}

/** `['spring','sale']`: single quotes around each, lower case, at most 110 code points (catalog reference). */
function labelList(tags: string[]): string {
  const labels = tags.map((tag) => cut(oneLine(tag.replace(/['"[\],]/g, " ")).toLowerCase(), 110)).filter(Boolean)
  return labels.length === 0 ? "" : `[${[...new Set(labels)].map((label) => `'${label}'`).join(",")}]`
}
