import { MedusaError } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"
import { REFILLS, RULE_SCOPES } from "../../catalog/stock/stock-policy"
import type { RuleChange } from "./draft-rules"

const MOST_UNITS = 1_000_000

const units = (least: number) => {
  const message = `must be a whole number from ${least} to ${MOST_UNITS}`
  return z.number(message).int(message).min(least, message).max(MOST_UNITS, message)
}

const between = (least: number, most: number, unit: string, isWhole = true) => {
  const message = `must be ${isWhole ? "a whole number" : "a number"} of ${unit} from ${least} to ${most}`
  const number = z.number(message).min(least, message).max(most, message)
  return isWhole ? number.int(message) : number
}

const oneOf = <const Words extends readonly [string, ...string[]]>(...words: Words) => z.enum(words, `must be one of: ${words.join(", ")}`)

/** The settings of one stock rule, any part of them. Each message names the range that is allowed. */
export const stockSettings = z
  .strictObject({
    location_ids: z
      .array(z.string().trim().min(1))
      .min(1, "must name a stock location, or be null for all of them")
      .max(1_000, "must name at most 1000 stock locations")
      .refine((ids) => new Set(ids).size === ids.length, "must name each stock location once")
      .nullable(),
    allocation: oneOf("all", "share", "fixed"),
    share_percent: between(1, 100, "percent"),
    fixed_quantity: units(0),
    fixed_refill: oneOf(...REFILLS),
    fixed_since: z.iso.datetime({ offset: true, message: "must be a time such as 2026-11-01T00:00:00Z" }).transform((time) => new Date(time).toISOString()).nullable(),
    cap: units(0).nullable(),
    threshold_mode: oneOf("subtract", "cutoff"),
    threshold: units(0),
    threshold_medium: units(0).nullable(),
    threshold_fast: units(0).nullable(),
    latency_safety: z.boolean("must be true or false"),
    service_level: between(0.5, 0.999, "delays", false),
    floor: units(0),
    unmanaged: oneOf("fixed", "omit"),
    unmanaged_quantity: units(1),
    backorder: oneOf("fixed", "stock", "available for order", "preorder"),
    backorder_days: between(1, 365, "days"),
    strategy: oneOf("fast", "slow"),
  })
  .partial()

const rule = z
  .strictObject({
    scope: oneOf(...RULE_SCOPES),
    reference_id: z.string().trim().max(200, "is too long for an id").optional().default(""),
    settings: stockSettings,
  })
  .superRefine(({ scope, reference_id }, context) => {
    if ((scope === "catalog") !== (reference_id === "")) {
      const message = scope === "catalog" ? "must be left out for the catalogue itself" : `must be the id of the ${scope} the rule speaks of`
      context.addIssue({ code: "custom", path: ["reference_id"], message })
    }
  })

/** The rules of one request. */
export const stockRules = z.array(rule).min(1, "must have at least one rule").max(1_000, "must have at most 1000 rules")

/**
 * Checks rules that do not come through the API, for instance from a store's own code: what is stored must be right, because every
 * push goes by it.
 *
 * @throws MedusaError INVALID_DATA with `rules.0.settings.field: problem; …`.
 */
export function parseRules(rules: RuleChange[]): RuleChange[] {
  const parsed = stockRules.safeParse(rules)
  if (!parsed.success) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, parsed.error.issues.map(({ path, message }) => `${["rules", ...path].join(".")}: ${message}`).join("; "))
  }
  return parsed.data
}
