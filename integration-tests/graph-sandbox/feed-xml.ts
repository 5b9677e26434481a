import type { Cell, FeedFile, FileRow } from "./feed-parse"
import { FIELD_RULES } from "./field-rules"
import { resolveColumns } from "./row-validation"
import { readXmlItems, type XmlElement } from "./xml-items"

const GOOGLE = "http://base.google.com/ns/1.0"

/** The attributes that are Google's and only known under its namespace (fields of the catalog reference; CONTRACT 7.4). */
const GOOGLE_NAMES = new Set(
  (
    "id title description availability condition price link image_link brand gtin mpn sale_price sale_price_effective_date item_group_id " +
    "mobile_link google_product_category product_type size gender age_group material pattern shipping shipping_weight tax custom_label_0 " +
    "custom_label_1 custom_label_2 custom_label_3 custom_label_4 availability_date offer_price"
  ).split(" ")
)

/** How elements that may come several times, or hold others, become the value of their column. */
const SHAPES: Record<string, (elements: XmlElement[]) => Cell> = {
  additional_image_link: texts,
  internal_label: texts,
  disabled_capabilities: texts,
  image: media,
  video: media,
  additional_variant_attribute: (elements) => elements.map((element) => `${child(element, "label")}:${child(element, "value")}`).join(", "),
  shipping: (elements) =>
    elements.map((element) => ["country", "region", "service", "price"].map((name) => child(element, name)).join(":")).join(","),
  unit_price: partsOf,
  importer_address: partsOf,
  applink: partsOf,
}

/**
 * Opens an RSS or Atom file as a stream of records. It is read twice: once to see that it is whole and which elements it has, because a
 * header of columns comes before the rows. An item without a known element counts as one with an empty cell: unlike a column, it can
 * only be left out item by item. Row 1 is the first item.
 */
export async function openXmlFile(text: () => AsyncIterable<string>, longestItem: number): Promise<FeedFile> {
  const names = new Set<string>()
  for await (const item of readXmlItems(text(), longestItem)) {
    for (const element of item) {
      names.add(columnOf(element))
    }
  }
  const taken = new Set(resolveColumns([...names]).flatMap((column) => (column.kind === "unknown" ? [] : column.field)))
  const header = [...names, ...Object.keys(FIELD_RULES).filter((field) => !taken.has(field))]
  return { header, rows: readRows(text(), { header, longestItem }) }
}

async function* readRows(text: AsyncIterable<string>, { header, longestItem }: { header: string[]; longestItem: number }): AsyncGenerator<FileRow> {
  let row = 0
  for await (const item of readXmlItems(text, longestItem)) {
    row++
    const byColumn = new Map<string, XmlElement[]>()
    for (const element of item) {
      const name = columnOf(element)
      byColumn.set(name, [...(byColumn.get(name) ?? []), element])
    }
    const twice = [...byColumn].find(([name, elements]) => elements.length > 1 && !Object.hasOwn(SHAPES, name) && Object.hasOwn(FIELD_RULES, name))
    const cells = header.map((name) => cellOf(name, byColumn.get(name)))
    yield { row_number: row, cells, broken: twice ? `${twice[0]} comes ${twice[1].length} times` : null }
  }
}

/** The column of an element; one under the wrong namespace is a column nobody knows. */
function columnOf({ name, qualifiedName, uri }: XmlElement): string {
  if (GOOGLE_NAMES.has(name)) {
    return uri === GOOGLE ? name : `${qualifiedName} (not Google's)`
  }
  return uri === GOOGLE ? `${qualifiedName} (Google's)` : name
}

function cellOf(name: string, elements: XmlElement[] | undefined): Cell {
  if (!elements) {
    return ""
  }
  const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined
  return shape ? shape(elements) : elements[0].text
}

function texts(elements: XmlElement[]): string[] {
  return elements.map(({ text }) => text.trim()).filter(Boolean)
}

/** Named parts come once; of a second element nothing is known, so the first counts. */
function partsOf([element]: XmlElement[]): Cell {
  return Object.fromEntries(element.children.map(({ name, text }) => [name, text.trim()]))
}

function media(elements: XmlElement[]): Cell {
  return elements.map((element) => {
    const tags = element.children.filter(({ name }) => name === "tag").map(({ text }) => text.trim())
    return { url: child(element, "url"), ...(tags.length > 0 ? { tag: tags } : {}) }
  })
}

function child({ children }: XmlElement, name: string): string {
  return children.find((element) => element.name === name)?.text.trim() ?? ""
}
