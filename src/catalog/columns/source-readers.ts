import { isBlank, textOf } from "./cell-text"
import type { ColumnSource } from "./column-source"
import type { FeedFieldName } from "./field-table"
import type { ProductSource } from "../store/product-details"
import type { VariantSource } from "../store/product-sources"
import { oneLine } from "../items/plain-text"
import { PRODUCT_DETAILS, VARIANT_DETAILS, type ProductDetail, type VariantDetail } from "../store/source-details"
import { isSourcePath, splitTemplate, type SourcePath } from "./source-paths"

/** Reads one value of the store, as it is there; a blank one counts as none. */
export type SourceReader = (variant: VariantSource, product: ProductSource) => unknown

/** The reader of a source of this column, worked out once for all rows. */
export function sourceReader(source: Exclude<ColumnSource, { from: "default" }>, field: FeedFieldName): SourceReader {
  switch (source.from) {
    case "field":
      return pathReader(source.path)
    case "option":
      return optionReader(source.title)
    case "metadata":
      return metadataReader(source.of, source.key)
    case "type":
      return (_, product) => product.type
    case "category":
      // The id that categories were mapped to where the column is about just that.
      return field === "google_product_category" ? (_, product) => product.mappedCategory : pathReader("product.category")
    case "collection":
      return pathReader("product.collection")
    case "tags":
      return (_, product) => product.tags
    case "template":
      return templateReader(source.text)
    case "constant":
      return () => source.value
  }
}

function pathReader(path: SourcePath): SourceReader {
  const [of, name] = path.split(".")
  if (of === "price") return priceReader(name)
  if (of === "variant") {
    if (isVariantDetail(name)) return (variant) => variant.details?.[name]
    const key = name as "id" | "title" | "sku" | "barcode" | "ean" | "upc" | "material" | "thumbnail"
    return (variant) => variant[key]
  }
  if (isProductDetail(name)) return (_, product) => product.details?.[name]
  if (name === "category") return (_, product) => product.categoryPath.map(oneLine).filter(Boolean).join(" > ")
  const key = name as "id" | "title" | "subtitle" | "description" | "handle" | "thumbnail" | "material" | "type" | "tags"
  return (_, product) => product[key]
}

function priceReader(name: string): SourceReader {
  switch (name) {
    case "amount":
      return ({ price }) => price.amount
    case "sale_amount":
      return ({ price }) => price.saleAmount
    case "sale_starts_at":
      return ({ price }) => price.saleStartsAt
    default:
      return ({ price }) => price.saleEndsAt
  }
}

/** Titles are compared without regard to case, as the built-in columns do. */
function optionReader(title: string): SourceReader {
  const wanted = oneLine(title).toLowerCase()
  return ({ options }) => options.find((option) => oneLine(option.title).toLowerCase() === wanted)?.value
}

function metadataReader(of: "variant" | "product" | "either", key: string): SourceReader {
  // Every object has a "constructor"; only what the store has put there is metadata.
  const read = (metadata: Record<string, unknown> | null): unknown => (metadata && Object.hasOwn(metadata, key) ? metadata[key] : undefined)
  if (of === "variant") return ({ metadata }) => read(metadata)
  if (of === "product") return (_, { metadata }) => read(metadata)
  return (variant, product) => {
    const own = read(variant.metadata)
    return isBlank(own) ? read(product.metadata) : own
  }
}

function templateReader(template: string): SourceReader {
  const { pieces, places } = splitTemplate(template)
  const readers = places.map(placeReader)
  return (variant, product) => {
    let text = pieces[0]
    for (let index = 0; index < readers.length; index += 1) {
      const value = readers[index](variant, product)
      const written = Array.isArray(value) ? value.map(textOf).join(", ") : textOf(value)
      if (!written || written.trim() === "") return ""
      text += written + pieces[index + 1]
    }
    return text
  }
}

function placeReader(place: string): SourceReader {
  if (isSourcePath(place)) return pathReader(place)
  const [, of, key] = /^(?:(variant|product)\.)?metadata\.(.+)$/s.exec(place) ?? []
  if (key !== undefined) return metadataReader(of === undefined ? "either" : (of as "variant" | "product"), key)
  return place.startsWith("option.") ? optionReader(place.slice("option.".length)) : () => undefined
}

/** The details of the store that a source reads, as paths. */
export function detailsOf(source: ColumnSource): { product: ProductDetail[]; variant: VariantDetail[] } {
  const paths = source.from === "field" ? [source.path] : source.from === "template" ? splitTemplate(source.text).places : source.from === "collection" ? ["product.collection"] : []
  const names = (prefix: string) => paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  return { product: names("product.").filter(isProductDetail), variant: names("variant.").filter(isVariantDetail) }
}

/** Whether a source may differ between the variants of a product. */
export function variesByVariant(source: ColumnSource): boolean {
  switch (source.from) {
    case "option":
      return true
    case "metadata":
      return source.of !== "product"
    case "field":
      return !source.path.startsWith("product.")
    case "template":
      return splitTemplate(source.text).places.some((place) => !place.startsWith("product."))
    default:
      return false
  }
}

function isProductDetail(name: string): name is ProductDetail {
  return (PRODUCT_DETAILS as readonly string[]).includes(name)
}

function isVariantDetail(name: string): name is VariantDetail {
  return (VARIANT_DETAILS as readonly string[]).includes(name)
}
