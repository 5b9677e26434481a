import type { ExtraFieldName, FeedFieldName } from "./field-table"

/** Columns that the built-in mapping fills. */
type DefaultFieldName = Exclude<FeedFieldName, ExtraFieldName>

/**
 * What the built-in mapping fills each column with, in order: the first that has a value counts. Written as the places of a template are,
 * with `catalog.` for the catalogue's own settings and a word in brackets for what no template can say.
 */
export const DEFAULT_SOURCES: Record<DefaultFieldName, readonly string[]> = {
  id: ["(variant.sku or variant.id, fixed when the item is first seen)"],
  availability: ["(stock policy)"],
  availability_date: ["(stock policy)"],
  quantity_to_sell_on_facebook: ["(stock policy)"],
  status: ["(whether the product is offered)"],
  condition: ["metadata.condition", "catalog.default_condition"],
  price: ["price.amount"],
  sale_price: ["price.sale_amount"],
  sale_price_effective_date: ["(start and end of the price list)"],
  link: ["catalog.product_url_template"],
  image_link: ["(first image of the variant)", "product.thumbnail", "(first image of the product)"],
  additional_image_link: ["(further images)"],
  gtin: ["variant.metadata.gtin", "variant.ean", "variant.upc", "variant.barcode"],
  mpn: ["metadata.mpn"],
  color: ["option.Color", "metadata.color"],
  size: ["option.Size", "metadata.size"],
  material: ["option.Material", "metadata.material", "variant.material", "product.material"],
  pattern: ["option.Pattern", "metadata.pattern"],
  gender: ["option.Gender", "metadata.gender"],
  age_group: ["option.Age group", "metadata.age_group"],
  additional_variant_attribute: ["(all other options)"],
  item_group_id: ["(product.id where there is more than one variant)"],
  title: ["product.title"],
  description: ["product.description", "product.subtitle", "product.title"],
  rich_text_description: ["(product.description where it has HTML)"],
  brand: ["product.metadata.brand", "catalog.default_brand"],
  google_product_category: ["product.metadata.google_product_category", "(what the product's categories are mapped to)", "catalog.google_product_category"],
  product_type: ["product.category", "product.type"],
  internal_label: ["product.tags"],
}

/** The built-in sources of a column; none for one that is only in a file where it is set. */
export function defaultSources(field: FeedFieldName): readonly string[] {
  return (DEFAULT_SOURCES as Partial<Record<FeedFieldName, readonly string[]>>)[field] ?? []
}
