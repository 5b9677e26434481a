/** What an update of one item carries: the stock pair, the prices, or both; a null part is not in the call. */
export type ItemValues = {
  quantity: number | null
  availability: string | null
  /** As feed and items_batch write them: "24.50 EUR" and "start/end", "" where there is none. */
  price: { price: string; sale_price: string; sale_price_effective_date: string } | null
}

/**
 * The period of a sale without dates, and of no sale at all: the widest the largest peer sends on this edge (CONTRACT 4.2 names no
 * way to clear a date). Sent always, because a date that was left out would leave the last sale's in force.
 */
const ALWAYS = { start: "1970-01-29T00:00+00:00", end: "2038-01-17T23:59+00:00" }

const TWO_DECIMALS = /^(\d+)\.(\d{2}) ([A-Z]{3})$/

/**
 * Whether a price can be written on the item node, where amounts are hundredths: only one with exactly two decimals. For yen it
 * is not known whether two digits are added, and thousandths of a dinar cannot be said at all (CONTRACT 4.2: prefer feed or
 * batch for such currencies).
 */
export function isNodePrice(price: string): boolean {
  return TWO_DECIMALS.test(price) && Number.isSafeInteger(Number(price.replace(".", "").slice(0, -4)))
}

/**
 * An update in the item node's names and forms (CONTRACT 4.2): the pair as `quantity_to_sell_on_facebook` and `availability`,
 * amounts as hundredths beside their currency, a sale price of 0 for no sale.
 *
 * @throws RangeError for a price that `isNodePrice` refuses.
 */
export function toNodeFields({ quantity, availability, price }: ItemValues): Record<string, unknown> {
  return {
    ...(availability === null ? {} : { availability }),
    ...(availability === null || quantity === null ? {} : { quantity_to_sell_on_facebook: quantity }),
    ...(price === null ? {} : priceFields(price)),
  }
}

function priceFields({ price, sale_price, sale_price_effective_date }: NonNullable<ItemValues["price"]>): Record<string, unknown> {
  const { hundredths, currency } = toHundredths(price)
  const [start, end] = sale_price_effective_date.split("/")
  return {
    price: hundredths,
    currency,
    sale_price: sale_price === "" ? 0 : toHundredths(sale_price).hundredths,
    sale_price_start_date: start || ALWAYS.start,
    sale_price_end_date: end || ALWAYS.end,
  }
}

function toHundredths(price: string): { hundredths: number; currency: string } {
  const match = isNodePrice(price) ? TWO_DECIMALS.exec(price) : null
  if (!match) {
    throw new RangeError(`"${price}" cannot be written in hundredths`)
  }
  return { hundredths: Number(`${match[1]}${match[2]}`), currency: match[3] }
}

/** Names that differ between the feed and the item node (CONTRACT 4.2). */
const NODE_NAMES: Record<string, string> = {
  title: "name",
  link: "url",
  image_link: "image_url",
  google_product_category: "category",
  mpn: "manufacturer_part_number",
  item_group_id: "retailer_product_group_id",
}

/** Written in a form of their own below, or without a place on the node. */
const NOT_COPIED = new Set([
  ...["id", "availability", "quantity_to_sell_on_facebook", "status", "price", "sale_price", "sale_price_effective_date"],
  ...["additional_image_link", "additional_variant_attribute", "internal_label"],
])

/**
 * A feed row (cells by Meta's column names, "" where empty) and its stock as the fields of a new item on the products edge
 * (CONTRACT 4.2). `internal_label` has no documented place there and stays away.
 *
 * @throws RangeError for a price that `isNodePrice` refuses.
 */
export function toNewItem(
  cells: Readonly<Record<string, string>>,
  { quantity, availability }: Pick<ItemValues, "quantity" | "availability">
): Record<string, unknown> {
  const fields: Record<string, unknown> = { retailer_id: cells.id }
  for (const [name, value] of Object.entries(cells)) {
    if (value !== "" && !NOT_COPIED.has(name)) {
      fields[NODE_NAMES[name] ?? name] = value
    }
  }
  if (cells.additional_image_link) {
    fields.additional_image_urls = cells.additional_image_link.split(",")
  }
  if (cells.additional_variant_attribute) {
    const pairs = cells.additional_variant_attribute.split(",").map((pair) => pair.split(":").map((part) => part.trim()))
    fields.additional_variant_attributes = Object.fromEntries(pairs.map(([label, value]) => [label, value ?? ""]))
  }
  const { price, sale_price = "", sale_price_effective_date = "" } = cells
  return { ...fields, ...toNodeFields({ quantity, availability, price: { price, sale_price, sale_price_effective_date } }) }
}
