import { defineLink } from "@medusajs/framework/utils"
import ProductModule from "@medusajs/medusa/product"
import MetaCatalogModule from "../modules/meta-catalog"

/**
 * Lets `query.graph` go from a variant to its items (`fields: ["meta_catalog_items.*"]`). Read-only over the id an item
 * stores already, so it has no table of its own.
 */
export default defineLink(
  { linkable: ProductModule.linkable.productVariant, field: "id" },
  { ...MetaCatalogModule.linkable.metaCatalogItem.id, primaryKey: "variant_id" },
  { readOnly: true }
)
