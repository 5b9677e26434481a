import { hash } from "node:crypto"
import { FIELD_VALUES, limitOf, type Cells, type FeedFieldName } from "./field-table"
import { looksLikeGtin, parseGtin } from "./gtin"
import { variantImages } from "./images"
import type { ItemSettings } from "./item-settings"
import type { Loss } from "./loss"
import { withoutEmpty, type MappedProduct } from "./map-product"
import { metadataText } from "./metadata"
import { optionCells } from "./option-fields"
import { cut, oneLine } from "./plain-text"
import { compareAmounts, isPositive, priceText } from "./price-text"
import type { PriceSource } from "./prices"
import type { VariantSource } from "./product-sources"

/** A variant mapped to a row, still without the stock cells; what did not fit is in `losses`. */
export type MappedItem = { cells: Cells; losses: Loss[]; hash: string }

/** Maps one variant of a mapped product to a feed row. Pure. */
export function mapItem(variant: VariantSource, product: MappedProduct, settings: ItemSettings, retailerId: string): MappedItem {
  const losses: Loss[] = []
  const images = variantImages(product.images, variant)
  if (images.main === null && product.images.invalid.length > 0) {
    losses.push({ kind: "invalid", field: "image_link", value: product.images.invalid[0] })
  }
  const link = settings.productUrl({
    country: settings.countryCode,
    locale: settings.locale,
    handle: product.source.handle,
    variant_id: variant.id,
    product_id: variant.productId,
    sku: variant.sku,
  })
  const own = withoutEmpty({
    id: retailerId,
    ...priceCells(variant.price, settings, losses),
    link: link ?? "",
    image_link: images.main ?? "",
    additional_image_link: images.additional,
    condition: fixedValue("condition", variant, product, losses) || settings.condition,
    gtin: gtinCell(variant, losses),
    mpn: freeText("mpn", variant, product),
    ...attributeCells(variant, product, losses),
  })
  return {
    cells: { ...product.cells, ...own },
    losses: product.losses.length > 0 ? [...product.losses, ...losses] : losses,
    hash: hash("md5", product.hash + JSON.stringify(own)),
  }
}

function priceCells({ amount, saleAmount, saleStartsAt, saleEndsAt }: PriceSource, { currency }: ItemSettings, losses: Loss[]): Cells {
  if (amount === null) return {}
  if (!isPositive(amount, currency)) {
    losses.push({ kind: "invalid", field: "price", value: amount })
    return {}
  }
  const price = priceText(amount, currency)
  // A sale price that is not lower is no sale; Meta would refuse it.
  if (saleAmount === null || compareAmounts(saleAmount, amount, currency) >= 0) return { price }
  if (!isPositive(saleAmount, currency)) {
    losses.push({ kind: "invalid", field: "sale_price", value: saleAmount })
    return { price }
  }
  return { price, sale_price: priceText(saleAmount, currency), sale_price_effective_date: period(saleStartsAt, saleEndsAt) }
}

/** `start/end` with minutes and offset. A sale without an end needs no dates: it is already running. */
function period(startsAt: Date | null, endsAt: Date | null): string {
  return startsAt && endsAt ? `${moment(startsAt)}/${moment(endsAt)}` : ""
}

function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16)}+00:00`
}

/** The first right GTIN among what the variant has. A barcode that is no GTIN at all is the shop's own and no fault. */
function gtinCell(variant: VariantSource, losses: Loss[]): string {
  const claimed = [metadataText(variant.metadata, "gtin"), variant.ean, variant.upc].filter((text): text is string => Boolean(text?.trim()))
  const candidates = variant.barcode && looksLikeGtin(variant.barcode) ? [...claimed, variant.barcode] : claimed
  for (const candidate of candidates) {
    const gtin = parseGtin(candidate)
    if (gtin !== null) return gtin
  }
  if (candidates.length > 0) losses.push({ kind: "invalid", field: "gtin", value: candidates[0].slice(0, 80) })
  return ""
}

/** Colour, size and their kind: from the options, else from metadata, the material from Medusa's own field last. */
function attributeCells(variant: VariantSource, product: MappedProduct, losses: Loss[]): Cells {
  const chosen = optionCells(variant.options)
  return {
    ...chosen,
    color: fit("color", chosen.color || freeText("color", variant, product)),
    size: fit("size", chosen.size || freeText("size", variant, product)),
    pattern: fit("pattern", chosen.pattern || freeText("pattern", variant, product)),
    material: fit("material", chosen.material || freeText("material", variant, product) || oneLine(variant.material || product.source.material || "")),
    gender: fixedValue("gender", variant, product, losses, chosen.gender),
    age_group: fixedValue("age_group", variant, product, losses, chosen.age_group),
  }
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
  chosen?: string
): string {
  const text = chosen ?? metadataText(variant.metadata, field) ?? metadataText(product.source.metadata, field)
  if (!text) return ""
  const value = text.toLowerCase().replace(/_/g, " ")
  if ((FIELD_VALUES[field] as readonly string[]).includes(value)) return value
  losses.push({ kind: "invalid", field, value: text.slice(0, 80) })
  return ""
}
