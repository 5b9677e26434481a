import { Parser } from "htmlparser2"
import { fieldOf } from "../catalog/columns/field-table"
import { elementsOf } from "./xml-elements"

/** One element of an item: what is written in it, and the elements within. */
export type XmlElement = { name: string; text: string; children: { name: string; text: string }[] }

/** What a parser hears of an XML feed; `items` are those that have ended since it was emptied last. */
export type ItemParser = { write(text: string): void; end(): void; items: XmlElement[][] }

/** Opens a parser that collects the items of an RSS or Atom file, however the text is cut. */
export function itemParser(tag: "item" | "entry"): ItemParser {
  const items: XmlElement[][] = []
  let item: XmlElement[] | null = null
  let element: XmlElement | null = null
  let child: { name: string; text: string } | null = null
  const parser = new Parser(
    {
      onopentag(name) {
        if (element) element.children.push((child = { name: plainName(name), text: "" }))
        else if (item) item.push((element = { name: plainName(name), text: "", children: [] }))
        else if (name === tag) item = []
      },
      ontext(text) {
        if (child) child.text += text
        else if (element) element.text += text
      },
      onclosetag() {
        if (child) child = null
        else if (element) element = null
        else if (item) {
          items.push(item)
          item = null
        }
      },
    },
    { xmlMode: true }
  )
  return { write: (text) => parser.write(text), end: () => parser.end(), items }
}

/** Meta's name of the column, without Google's prefix. */
function plainName(name: string): string {
  return name.startsWith("g:") ? name.slice(2) : name
}

/** Columns whose element comes several times or holds others, each back to the form its cell has in CSV. */
const CELLS: Record<string, (elements: XmlElement[]) => string> = {
  additional_image_link: (elements) => elements.map(({ text }) => text).join(","),
  internal_label: (elements) => `[${elements.map(({ text }) => `'${text}'`).join(",")}]`,
  disabled_capabilities: (elements) => JSON.stringify(elements.map(({ text }) => text)),
  additional_variant_attribute: (elements) => elements.map((element) => `${part(element, "label")}:${part(element, "value")}`).join(", "),
  shipping: (elements) => elements.map((element) => ["country", "region", "service", "price"].map((name) => part(element, name)).join(":")).join(","),
  image: media,
  video: media,
}

function media(elements: XmlElement[]): string {
  const list = elements.map((element) => {
    const tags = element.children.filter(({ name }) => name === "tag").map(({ text }) => text)
    return { url: part(element, "url"), ...(tags.length > 0 ? { tag: tags } : {}) }
  })
  return JSON.stringify(list)
}

function part(element: XmlElement, name: string): string {
  return element.children.find((child) => child.name === name)?.text ?? ""
}

function objectCell({ children }: XmlElement): string {
  return JSON.stringify(Object.fromEntries(children.map(({ name, text }) => [name, text])))
}

/** The cells of one item by column, in the form they have in CSV. */
export function cellsOf(item: XmlElement[]): Map<string, string> {
  const byColumn = new Map<string, XmlElement[]>()
  for (const element of item) {
    const others = byColumn.get(element.name)
    if (others) others.push(element)
    else byColumn.set(element.name, [element])
  }
  const cells = new Map<string, string>()
  for (const [column, elements] of byColumn) cells.set(column, cellOf(column, elements))
  return cells
}

function cellOf(column: string, elements: XmlElement[]): string {
  if (Object.hasOwn(CELLS, column)) return CELLS[column](elements)
  const [element] = elements
  return element.children.length > 0 ? objectCell(element) : element.text
}

/** A cell as it would come back from an XML file: without characters XML has none for, and its list or object in one form. */
export function cellAsXml(column: string, cell: string): string {
  const field = fieldOf(column)
  if (!field || cell === "") return cell
  const parser = itemParser("item")
  const [{ write }] = elementsOf([field.name])
  try {
    parser.write(`<item>${write(cell)}</item>`)
  } catch {
    // A form the column no longer has: then only the very same text is the same.
    return cell
  }
  parser.end()
  return cellsOf(parser.items[0] ?? []).get(column) ?? ""
}
