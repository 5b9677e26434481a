import type { FeedFieldName } from "../catalog/columns/field-table"
import { xmlText } from "./xml-text"

/** The namespace of Google's attributes, which Meta's reader expects under the prefix `g`. */
export const GOOGLE_NAMESPACE = "http://base.google.com/ns/1.0"

/** Writes one cell that is not empty as elements; nothing where XML allows none of its characters. */
export type CellElements = (cell: string) => string

/**
 * Element names as Meta's samples have them: Google's attributes carry `g:`, Meta's own and a few others do not (CONTRACT 7.4,
 * seed 2). A column without an entry does not compile.
 */
const ELEMENTS = {
  id: one("g:id"),
  previous_id: one("previous_id"),
  availability: one("g:availability"),
  availability_date: one("g:availability_date"),
  condition: one("g:condition"),
  price: one("g:price"),
  sale_price: one("g:sale_price"),
  sale_price_effective_date: one("g:sale_price_effective_date"),
  link: one("g:link"),
  mobile_link: one("g:mobile_link"),
  image_link: one("g:image_link"),
  gtin: one("g:gtin"),
  mpn: one("g:mpn"),
  size: one("g:size"),
  material: one("g:material"),
  pattern: one("g:pattern"),
  gender: one("g:gender"),
  age_group: one("g:age_group"),
  item_group_id: one("g:item_group_id"),
  title: one("g:title"),
  description: one("g:description"),
  brand: one("g:brand"),
  google_product_category: one("g:google_product_category"),
  product_type: one("g:product_type"),
  offer_price: one("g:offer_price"),
  shipping_weight: one("g:shipping_weight"),
  tax: one("g:tax"),
  custom_label_0: one("g:custom_label_0"),
  custom_label_1: one("g:custom_label_1"),
  custom_label_2: one("g:custom_label_2"),
  custom_label_3: one("g:custom_label_3"),
  custom_label_4: one("g:custom_label_4"),
  quantity_to_sell_on_facebook: one("quantity_to_sell_on_facebook"),
  status: one("status"),
  color: one("color"),
  rich_text_description: one("rich_text_description"),
  fb_product_category: one("fb_product_category"),
  commerce_tax_category: one("commerce_tax_category"),
  custom_number_0: one("custom_number_0"),
  custom_number_1: one("custom_number_1"),
  custom_number_2: one("custom_number_2"),
  custom_number_3: one("custom_number_3"),
  custom_number_4: one("custom_number_4"),
  expiration_date: one("expiration_date"),
  offer_price_effective_date: one("offer_price_effective_date"),
  origin_country: one("origin_country"),
  importer_name: one("importer_name"),
  manufacturer_info: one("manufacturer_info"),
  wa_compliance_category: one("wa_compliance_category"),
  // What these are called in XML is stated nowhere; Meta's own columns have their plain name.
  shipping_profile_reference_id: one("shipping_profile_reference_id"),
  return_policy_info: one("return_policy_info"),
  ordering_index: one("ordering_index"),
  vendor_id: one("vendor_id"),
  user_rating: one("user_rating"),
  rating_count: one("rating_count"),
  disabled_capabilities: repeated("disabled_capabilities", jsonTexts),
  additional_image_link: repeated("additional_image_link", addresses),
  internal_label: repeated("internal_label", labels),
  additional_variant_attribute: attributes,
  image: media("image"),
  video: media("video"),
  shipping: shipments,
  unit_price: nested("unit_price"),
  importer_address: nested("importer_address"),
  applink: nested("applink"),
} satisfies Record<FeedFieldName, CellElements>

/** The writers of these columns, in their order. */
export function elementsOf<Name extends FeedFieldName>(columns: readonly Name[]): { column: Name; write: CellElements }[] {
  return columns.map((column) => ({ column, write: ELEMENTS[column] }))
}

function one(name: string): CellElements {
  const start = `<${name}>`
  const end = `</${name}>\n`
  return (cell) => {
    const text = xmlText(cell)
    return text === "" ? "" : start + text + end
  }
}

function repeated(name: string, entriesOf: (cell: string) => string[]): CellElements {
  const write = one(name)
  return (cell) => entriesOf(cell).map(write).join("")
}

/** The cell joins addresses by commas, which are encoded inside one. */
function addresses(cell: string): string[] {
  return cell.split(",")
}

/** The cell reads `['spring','sale']`, and no label holds a quote or a comma. */
function labels(cell: string): string[] {
  return cell.startsWith("['") && cell.endsWith("']") ? cell.slice(2, -2).split("','") : [cell]
}

/** The cell reads `Label:Value, Label:Value`; neither part holds a colon or a comma. */
function attributes(cell: string): string {
  const pairs = cell.split(",").map((pair) => pair.split(":").map((part) => xmlText(part.trim())))
  return pairs
    .map(([label, value = ""]) => `<additional_variant_attribute><label>${label}</label><value>${value}</value></additional_variant_attribute>\n`)
    .join("")
}

/** The cell is a JSON list of texts. */
function jsonTexts(cell: string): string[] {
  return JSON.parse(cell) as string[]
}

/** The cell is a JSON list of `{url, tag}`; the element is repeated. */
function media(name: string): CellElements {
  const url = one("url")
  const tag = one("tag")
  return (cell) =>
    (JSON.parse(cell) as { url: string; tag?: string[] }[])
      .map((entry) => `<${name}>${url(entry.url).trimEnd()}${(entry.tag ?? []).map((text) => tag(text).trimEnd()).join("")}</${name}>\n`)
      .join("")
}

/** The cell is a JSON object of texts; every part becomes an element within. */
function nested(name: string): CellElements {
  return (cell) => {
    const parts = Object.entries(JSON.parse(cell) as Record<string, string>)
    return `<${name}>${parts.map(([key, text]) => `<${key}>${xmlText(text)}</${key}>`).join("")}</${name}>\n`
  }
}

const SHIPPING_PARTS = ["country", "region", "service", "price"]

/** The cell reads `Country:Region:Service:Price` entries joined by commas; Google's parts carry `g:` as their parent does. */
function shipments(cell: string): string {
  return cell
    .split(",")
    .map((entry) => {
      const parts = entry.split(":").map((part, index) => (part === "" ? "" : `<g:${SHIPPING_PARTS[index]}>${xmlText(part)}</g:${SHIPPING_PARTS[index]}>`))
      return `<g:shipping>${parts.join("")}</g:shipping>\n`
    })
    .join("")
}
