import { PRODUCT_COLUMNS, type FeedRow, type ProductCells, type VariantFieldName } from "../catalog/field-table"
import type { FeedHead, RowWriter } from "./row-writer"
import { elementsOf, GOOGLE_NAMESPACE } from "./xml-elements"
import { xmlText } from "./xml-text"

const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'

const PRODUCT_ELEMENTS = elementsOf(PRODUCT_COLUMNS)

/** Writes RSS 2.0 as Meta documents it (CONTRACT 7.4). */
export function rssWriter({ title, link }: FeedHead, columns: readonly VariantFieldName[]): RowWriter {
  const name = xmlText(title)
  return {
    header: () =>
      `${DECLARATION}<rss version="2.0" xmlns:g="${GOOGLE_NAMESPACE}">\n<channel>\n` +
      `<title>${name}</title>\n<link>${xmlText(link)}</link>\n<description>${name}</description>\n`,
    rows: itemWriter("item", columns),
    footer: () => "</channel>\n</rss>\n",
  }
}

/** Writes an Atom feed with the same elements in its entries as an RSS item has (CONTRACT 7.4). */
export function atomWriter({ title, link, updatedAt }: FeedHead, columns: readonly VariantFieldName[]): RowWriter {
  const address = xmlText(link)
  return {
    header: () =>
      `${DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="${GOOGLE_NAMESPACE}">\n` +
      `<title>${xmlText(title)}</title>\n<link rel="alternate" href="${address}"/>\n<id>${address}</id>\n<updated>${updatedAt.toISOString()}</updated>\n`,
    rows: itemWriter("entry", columns),
    footer: () => "</feed>\n",
  }
}

/** Writes pages of rows as elements; the half that variants of a product share is written once for all of them. */
function itemWriter(tag: "item" | "entry", columns: readonly VariantFieldName[]): (page: FeedRow[]) => string {
  const variantElements = elementsOf(columns)
  let product: { cells: ProductCells; half: string } | undefined

  function productHalf(cells: ProductCells): string {
    if (product?.cells !== cells) {
      let half = ""
      for (const { column, write } of PRODUCT_ELEMENTS) {
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
      text += `${productHalf(row.product)}</${tag}>\n`
    }
    return text
  }
}
