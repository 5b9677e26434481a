import type { MedusaContainer } from "@medusajs/framework/types"
import { PriceListStatus, PriceListType } from "@medusajs/framework/utils"
import { createPriceListsWorkflow } from "@medusajs/medusa/core-flows"
import { createProducts, type ImportPlace, type MadeVariant } from "./create-products"
import { readProducts, type FileProduct, type Notes } from "./read-products"

/** What an import came to. Lines count from 1, the header's. */
export type ImportReport = { products: number; variants: MadeVariant[]; onSale: number } & Notes

const BATCH = 50

/**
 * Imports a product file into a store, {@link BATCH} products at a time. Lines that cannot be imported are in the report with
 * the reason, and the rest goes on.
 *
 * @throws Error when the file has no header with a column Handle
 */
export async function importProducts(container: MedusaContainer, source: NodeJS.ReadableStream, place: Omit<ImportPlace, "priceListId">): Promise<ImportReport> {
  const notes: Notes = { refused: [], remarks: [] }
  const variants: MadeVariant[] = []
  const into = { place: { ...place, priceListId: await createSale(container) }, notes }
  let batch: FileProduct[] = []
  for await (const product of readProducts(source, { currencyCode: place.currencyCode, notes })) {
    batch.push(product)
    if (batch.length === BATCH) {
      variants.push(...(await createProducts(container, batch, into)))
      batch = []
    }
  }
  if (batch.length > 0) variants.push(...(await createProducts(container, batch, into)))
  const byLine = (a: { line: number }, b: { line: number }) => a.line - b.line
  return {
    products: new Set(variants.map(({ productId }) => productId)).size,
    variants,
    onSale: variants.filter(({ source: { salePrice } }) => salePrice !== null).length,
    refused: notes.refused.sort(byLine),
    remarks: notes.remarks.sort(byLine),
  }
}

async function createSale(container: MedusaContainer): Promise<string> {
  const list = { title: "Imported sale", description: "Lower than the prices to compare with", type: PriceListType.SALE, status: PriceListStatus.ACTIVE }
  const { result } = await createPriceListsWorkflow(container).run({ input: { price_lists_data: [{ ...list, prices: [] }] } })
  return result[0].id
}
