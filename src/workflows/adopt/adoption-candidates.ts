import type { KnownItem } from "../../catalog/store/known-items"
import { mapItem, type MappedItem } from "../../catalog/items/map-item"
import { productMapper } from "../../catalog/items/map-product"
import { streamProductSources, type VariantSource } from "../../catalog/store/product-sources"
import { openSnapshot } from "../../catalog/store/query"
import { openPrices } from "../catalogs/catalog-prices"
import { itemSettingsOf } from "../catalogs/item-settings-of"
import type { OpenCatalog } from "../open-catalog"
import { registerPage, type Refusal } from "../steps/register-page"

const PAGE_SIZE = 50

/** An offered variant whose item is to be found at Meta or made there. */
export type Candidate = { variant: VariantSource; item: KnownItem; mapped: MappedItem }

/**
 * Reads and maps these variants, as far as they are offered, each under its item, which is made where there is none. A variant
 * that may not have its retailer id is refused, by the rule of the builds.
 */
export async function readCandidates(open: OpenCatalog, variantIds: string[]): Promise<{ candidates: Candidate[]; refusals: Refusal[] }> {
  const candidates: Candidate[] = []
  const refusals: Refusal[] = []
  if (variantIds.length === 0) {
    return { candidates, refusals }
  }
  const settings = await itemSettingsOf(open, open.catalog)
  const mapProduct = productMapper(settings)
  const priceVariants = await openPrices(open.container, open.scope)
  const registrar = { ...open, feedId: null, number: null, scheme: open.catalog.retailer_id_scheme }
  const snapshot = await openSnapshot(open.sql)
  try {
    for await (const page of streamProductSources(snapshot, open.scope, { pageSize: PAGE_SIZE, priceVariants, variantIds, details: settings.columns?.details })) {
      const registered = await registerPage(registrar, page.variants.filter((variant) => variant.item === null))
      refusals.push(...registered.refusals)
      for (const variant of page.variants) {
        const item = variant.item ?? registered.items.get(variant.id)
        const product = mapProduct(page.products.get(variant.productId)!)
        if (item) candidates.push({ variant, item, mapped: mapItem(variant, product, settings, item.retailerId) })
      }
    }
  } finally {
    await snapshot.rollback()
  }
  return { candidates, refusals }
}
