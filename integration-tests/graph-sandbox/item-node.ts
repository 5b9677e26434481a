import { shownFields, type ItemRow } from "./entities/item"
import { displayPrice } from "./prices"
import type { Node } from "./projection"
import { checkTogether } from "./row-validation"
import type { Problem } from "./problems"

const CUSTOM = [0, 1, 2, 3, 4]

/** An item as the item node shows it: node names instead of feed names, prices as display text (CONTRACT 4.2, 4.3). */
export function itemNode(item: ItemRow, feedName: string | null): Node {
  const fields = shownFields(item)
  const [saleStart, saleEnd] = typeof fields.sale_price_effective_date === "string" ? fields.sale_price_effective_date.split("/") : []
  return {
    id: item.id,
    retailer_id: item.retailer_id,
    name: fields.title,
    description: fields.description,
    rich_text_description: fields.rich_text_description,
    price: displayPrice(fields.price),
    sale_price: displayPrice(fields.sale_price),
    sale_price_start_date: saleStart || undefined,
    sale_price_end_date: saleEnd || undefined,
    currency: typeof fields.price === "string" ? fields.price.split(" ")[1] : undefined,
    availability: fields.availability,
    quantity_to_sell_on_facebook: fields.quantity_to_sell_on_facebook,
    inventory: fields.quantity_to_sell_on_facebook,
    visibility: item.visibility,
    condition: fields.condition,
    url: fields.link,
    image_url: fields.image_link ?? firstImage(fields.image),
    additional_image_urls: fields.additional_image_link,
    brand: fields.brand,
    gtin: fields.gtin,
    manufacturer_part_number: fields.mpn,
    retailer_product_group_id: fields.item_group_id,
    category: fields.google_product_category,
    fb_product_category: fields.fb_product_category,
    product_type: fields.product_type,
    color: fields.color,
    size: fields.size,
    material: fields.material,
    pattern: fields.pattern,
    gender: fields.gender,
    age_group: fields.age_group,
    additional_variant_attributes: attributeMap(fields.additional_variant_attribute),
    expiration_date: fields.expiration_date,
    tags: fields.internal_label,
    ...Object.fromEntries(CUSTOM.map((n) => [`custom_label_${n}`, fields[`custom_label_${n}`]])),
    ...Object.fromEntries(CUSTOM.map((n) => [`custom_number_${n}`, asText(fields[`custom_number_${n}`])])),
    product_feed: item.feed_id === null ? undefined : { id: item.feed_id, name: feedName ?? undefined },
    product_catalog: { id: item.catalog_id },
    image_fetch_status: "NO_STATUS",
    review_status: "approved",
    errors: () => nodeErrors(fields),
  }
}

function nodeErrors(fields: Record<string, unknown>) {
  const problems: Problem[] = []
  checkTogether({ ...fields }, problems)
  return problems.map((problem) => ({
    error_type: problem.error_type,
    error_priority: "MEDIUM",
    title: problem.summary,
    description: problem.description,
  }))
}

/** The node shows as a map what the feed writes as `Label:Value, …`. */
function attributeMap(pairs: unknown): Record<string, string> | undefined {
  if (typeof pairs !== "string") {
    return undefined
  }
  return Object.fromEntries(pairs.split(",").map((pair) => pair.split(":").map((part) => part.trim())))
}

function firstImage(image: unknown): unknown {
  return Array.isArray(image) ? (image[0] as { url?: unknown } | undefined)?.url : undefined
}

function asText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value)
}
