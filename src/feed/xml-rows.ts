import type { FeedRow, ProductCells, RowLayout } from "../catalog/columns/field-table"
import type { FeedHead, RowWriter } from "./row-writer"
import { elementsOf, GOOGLE_NAMESPACE } from "./xml-elements"
import { xmlText } from "./xml-text"

const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'

/** Writes RSS 2.0 as Meta documents it (CONTRACT 7.4). */
export function rssWriter({ title, link }: FeedHead, layout: RowLayout): RowWriter {
  const name = xmlText(title)
  return {
    header: () =>
      `${DECLARATION}<rss version="2.0" xmlns:g="${GOOGLE_NAMESPACE}">\n<channel>\n` +
      `<title>${name}</title>\n<link>${xmlText(link)}</link>\n<description>${name}</description>\n`,
    rows: itemWriter("item", layout),
    footer: () => "</channel>\n</rss>\n",
  }
}

/** Writes an Atom feed with the same elements in its entries as an RSS item has (CONTRACT 7.4). */
export function atomWriter({ title, link, updatedAt }: FeedHead, layout: RowLayout): RowWriter {
  const address = xmlText(link)
  return {
    header: () =>
      `${DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="${GOOGLE_NAMESPACE}">\n` +
      `<title>${xmlText(title)}</title>\n<link rel="alternate" href="${address}"/>\n<id>${address}</id>\n<updated>${updatedAt.toISOString()}</updated>\n`,
    rows: itemWriter("entry", layout),
    footer: () => "</feed>\n",
  }
}

/** Writes pages of rows as elements; the half that variants of a product share is written once for all of them. */
function itemWriter(tag: "item" | "entry", layout: RowLayout): (page: FeedRow[]) => string {
  const variantElements = elementsOf(layout.variant)
  const extraElements = elementsOf(layout.extra)
  const productElements = elementsOf(layout.product)
  let product: { cells: ProductCells; half: string } | undefined

  function productHalf(cells: ProductCells): string {
    if (product?.cells !== cells) {
      let half = ""
      for (const { column, write } of productElements) {
        if (cells[column] !== "") half += write(cells[column])
      }
      product = { cells, half }
    }
    return product.half
  }

  return (page) => {
    let text = ""
    for (const row of page) {
      text += `<${tag}>\n`
      for (const { column, write } of variantElements) {
        if (row.variant[column] !== "") text += write(row.variant[column])
      }
      for (const { column, write } of extraElements) {
        const cell = row.extra[column]
        if (cell) text += write(cell)
      }
      text += `${productHalf(row.product)}</${tag}>\n`
    }
    return text
  }
}
