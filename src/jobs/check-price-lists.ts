import type { MedusaContainer } from "@medusajs/framework/types"
import { checkPriceLists } from "../workflows/catalogs/check-price-lists"

/** Looks for price lists that have begun, ended or been edited. */
export default async function metaCatalogCheckPriceLists(container: MedusaContainer): Promise<void> {
  await checkPriceLists(container)
}

export const config = { name: "meta-catalog-check-price-lists", schedule: "* * * * *" }
