import type { FeedRow, RowLayout, ProductCells } from "../catalog/columns/field-table"

/** In how many rows of a file each of its columns has a value. A column the file does not have is missing, one without any value is 0. */
export type FilledCells = Record<string, number>

/** Counts the cells of a file that have a value, as its pages are written. */
export type FilledCounter = {
  count(page: FeedRow[]): void
  /** What was counted so far. */
  totals(): FilledCells
}

/**
 * Opens a counter for one file with these columns. What variants of a product share is looked at once for all of them that follow
 * each other.
 */
export function filledCounter({ variant, extra, product }: RowLayout): FilledCounter {
  const ofVariants = variant.map(() => 0)
  const ofExtras = extra.map(() => 0)
  const ofProducts = product.map(() => 0)
  let shared: ProductCells | undefined
  let rowsOfProduct = 0

  function endProduct(): void {
    if (!shared) return
    for (let index = 0; index < product.length; index += 1) {
      if (shared[product[index]] !== "") ofProducts[index] += rowsOfProduct
    }
    shared = undefined
    rowsOfProduct = 0
  }

  return {
    count(page) {
      for (const row of page) {
        for (let index = 0; index < variant.length; index += 1) {
          if (row.variant[variant[index]] !== "") ofVariants[index] += 1
        }
        for (let index = 0; index < extra.length; index += 1) {
          if (row.extra[extra[index]]) ofExtras[index] += 1
        }
        if (row.product !== shared) endProduct()
        shared = row.product
        rowsOfProduct += 1
      }
    },
    totals() {
      endProduct()
      return Object.fromEntries([
        ...variant.map((column, index) => [column, ofVariants[index]]),
        ...extra.map((column, index) => [column, ofExtras[index]]),
        ...product.map((column, index) => [column, ofProducts[index]]),
      ])
    },
  }
}
