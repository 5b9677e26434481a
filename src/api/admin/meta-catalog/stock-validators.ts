import { z } from "@medusajs/framework/zod"
import { stockRules } from "../../../workflows/stock-policy/rule-schema"

/** Body of `POST /admin/meta-catalog/catalogs/:id/stock-policy/preview`. */
export const previewStockRulesBody = z.strictObject({ rules: stockRules })

/** Body of `POST /admin/meta-catalog/catalogs/:id/stock-policy`. A rule with empty settings is taken away. */
export const saveStockRulesBody = z.strictObject({ rules: stockRules, accept_mass_change: z.boolean("must be true or false").optional().default(false) })

/** Body of `POST /admin/meta-catalog/catalogs/:id/stock-policy/refill`; without rules all fixed allocations are refilled. */
export const refillBody = z.strictObject({
  rule_ids: z.array(z.string()).min(1, "must name a rule").max(1_000, "must name at most 1000 rules").optional(),
})
