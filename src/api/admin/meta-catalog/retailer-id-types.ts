import { z } from "@medusajs/framework/zod"
import type { RetailerIdEffects } from "../../../catalog/items/retailer-id-plan"
import type { readSwitch } from "../../../workflows/feeds/retailer-ids"

/** Body of `POST /admin/meta-catalog/catalogs/:id/retailer-ids`. */
export const switchRetailerIdsBody = z.strictObject({
  scheme: z.enum(["sku", "variant_id"], "must be sku or variant_id"),
  /** Only says what it would do. */
  dry_run: z.boolean().optional().default(false),
})

/** Answer of `GET`, `POST` and `DELETE …/retailer-ids`. */
export type AdminRetailerIds = Awaited<ReturnType<typeof readSwitch>> & {
  /** How long the file names the former id after Meta has taken the new one in. */
  previous_id_days: number
}

/** Answer of a dry run. */
export type AdminRetailerIdEffects = { effects: RetailerIdEffects }
