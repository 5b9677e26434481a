import { hash } from "node:crypto"
import { excerpt } from "../columns/cell-text"
import { FIELD_VALUES } from "../columns/field-kinds"
import { limitOf, NO_EXTRA, type FeedFieldName, type FeedRow, type VariantCells } from "../columns/field-table"
import { looksLikeGtin, parseGtin } from "./gtin"
import { variantImages } from "./images"
import type { ItemSettings } from "./item-settings"
import type { Loss } from "./loss"
import type { MappedProduct } from "./map-product"
import { metadataText } from "./metadata"
import { optionCells } from "./option-fields"
import { cut, oneLine } from "./plain-text"
import { priceCells } from "../prices/price-cells"
import type { VariantSource } from "../store/product-sources"

/** A variant mapped to a row, still without its stock; what did not fit is in `losses`. */
export type MappedItem = {
  row: FeedRow
  losses: Loss[]
  /** Stands for every cell but the stock. */
  hash: string
}

/** Maps one variant of a mapped product to a feed row by the catalogue's settings. The stock cells are empty. Pure, unless the store's hook is not. */
export function mapItem(variant: VariantSource, product: MappedProduct, settings: ItemSettings, retailerId: string): MappedItem {
  const losses = product.losses.slice()
  const images = variantImages(product.images, variant)
  if (images.main === null && product.images.invalid.length > 0) {
    losses.push({ kind: "invalid", field: "image_link", value: product.images.invalid[0] })
  }
  const price = priceCells(variant.price, settings.currency, losses)
  const options = optionCells(variant.options)
  // One literal with every column: objects of one shape are what makes a hundred thousand of them cheap.
  const cells: VariantCells = {
    id: retailerId,
    availability: "",
    availability_date: "",
    quantity_to_sell_on_facebook: "",
    status: "",
    condition: fixedValue("condition", variant, product, losses) || settings.condition,
    price: price.price,
    sale_price: price.sale_price,
    sale_price_effective_date: price.sale_price_effective_date,
    link: linkTo(variant, product, settings),
    image_link: images.main ?? "",
    additional_image_link: images.additional,
    gtin: gtinCell(variant, losses),
    mpn: freeText("mpn", variant, product),
    color: fit("color", options.color || freeText("color", variant, product)),
    size: fit("size", options.size || freeText("size", variant, product)),
    material: fit("material", options.material || freeText("material", variant, product) || ownMaterial(variant, product)),
    pattern: fit("pattern", options.pattern || freeText("pattern", variant, product)),
    gender: fixedValue("gender", variant, product, losses, options.gender),
    age_group: fixedValue("age_group", variant, product, losses, options.age_group),
    additional_variant_attribute: options.additional_variant_attribute,
  }
  const item = { row: { variant: cells, product: product.cells, extra: NO_EXTRA }, losses, hash: hashOf(cells, product) }
  return settings.columns === null ? item : settings.columns.apply(item, { variant, product: product.source })
}

function linkTo(variant: VariantSource, product: MappedProduct, settings: ItemSettings): string {
  const link = settings.productUrl({
    country: settings.countryCode,
    locale: settings.locale,
    handle: product.source.handle,
    variant_id: variant.id,
    product_id: variant.productId,
    sku: variant.sku,
  })
  return link ?? ""
}

/** The shared cells count through the product's hash, so that a long description is hashed once. */
function hashOf(c: VariantCells, product: MappedProduct): string {
  const prices = `${c.price}\n${c.sale_price}\n${c.sale_price_effective_date}`
  const codes = `${c.id}\n${c.condition}\n${c.gtin}\n${c.mpn}\n${c.gender}\n${c.age_group}`
  const looks = `${c.color}\n${c.size}\n${c.material}\n${c.pattern}\n${c.additional_variant_attribute}`
  return hash("md5", `${product.hash}\n${codes}\n${prices}\n${looks}\n${c.link}\n${c.image_link}\n${c.additional_image_link}`)
}

/** The first right GTIN among what the variant has. A barcode that is no GTIN at all is the shop's own and no fault. */
function gtinCell(variant: VariantSource, losses: Loss[]): string {
  let wrong: string | undefined
  for (const claimed of [metadataText(variant.metadata, "gtin"), variant.ean, variant.upc, variant.barcode]) {
    if (!claimed || (claimed === variant.barcode && !looksLikeGtin(claimed))) continue
    const gtin = parseGtin(claimed)
    if (gtin !== null) return gtin
    wrong ??= claimed
  }
  if (wrong !== undefined) losses.push({ kind: "invalid", field: "gtin", value: excerpt(wrong) })
  return ""
}

/** Medusa's own field, which says less about one variant than an option or metadata does. */
function ownMaterial(variant: VariantSource, product: MappedProduct): string {
  return oneLine(variant.material || product.source.material || "")
}

function freeText(field: FeedFieldName, variant: VariantSource, product: MappedProduct): string {
  const text = metadataText(variant.metadata, field) ?? metadataText(product.source.metadata, field)
  return text === null ? "" : fit(field, oneLine(text))
}

function fit(field: FeedFieldName, text: string): string {
  return text.length > limitOf(field) ? cut(text, limitOf(field)) : text
}

function fixedValue(
  field: keyof typeof FIELD_VALUES,
  variant: VariantSource,
  product: MappedProduct,
  losses: Loss[],
  chosen = ""
): string {
  const text = chosen || (metadataText(variant.metadata, field) ?? metadataText(product.source.metadata, field))
  if (!text) return ""
  const value = text.toLowerCase().replace(/_/g, " ")
  if ((FIELD_VALUES[field] as readonly string[]).includes(value)) return value
  losses.push({ kind: "invalid", field, value: excerpt(text) })
  return ""
}
