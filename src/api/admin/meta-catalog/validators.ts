import { MedusaError } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"
import { feedSchedule, updateSchedule } from "./feed-schedule-validators"
import { orderSettings } from "./order-validators"
import { templateProblem } from "../../../catalog/items/product-url"
import { PRICE_TAXES } from "../../../catalog/store/scope"
import { FEED_FORMATS } from "../../../modules/meta-catalog/feeds/feed-format"

const text = z.string().trim().min(1, "must not be empty")
/** Empty text clears the setting. Left out stays left out, because a change must not touch what it does not name. */
const optionalText = z
  .string()
  .trim()
  .nullish()
  .transform((value) => (value === undefined ? undefined : value || null))

const template = text.superRefine((value, context) => {
  const problem = templateProblem(value)
  if (problem) {
    context.addIssue({ code: "custom", message: problem })
  }
})

/** Body of `POST /admin/meta-catalog/catalogs`. */
export const createCatalogBody = z
  .strictObject({
    name: text.max(100, "must have at most 100 characters").optional(),
    meta_catalog_id: z.string().trim().regex(/^\d{1,32}$/, "must be Meta's catalogue id, digits only"),
    access_token: text.max(4_096, "is too long for an access token"),
    app_secret: optionalText,
    graph_version: z.string().regex(/^v\d+\.\d+$/, "must look like v26.0").optional(),
    sales_channel_id: text,
    region_id: optionalText,
    currency_code: z.string().trim().regex(/^[A-Za-z]{3}$/, "must be a currency of three letters, such as EUR").nullish(),
    country_code: z.string().trim().regex(/^[A-Za-z]{2}$/, "must be a country of two letters").nullish().or(z.literal("").transform(() => null)),
    price_tax: z.enum(PRICE_TAXES, `must be one of ${PRICE_TAXES.join(", ")}`).optional(),
    locale: optionalText,
    product_url_template: template,
    default_brand: optionalText,
    default_condition: z.enum(["new", "refurbished", "used"]).optional(),
    google_product_category: optionalText,
    retailer_id_scheme: z.enum(["sku", "variant_id"]).optional(),
    sells_on_meta: z.boolean().optional(),
    ...orderSettings,
    transport: z.enum(["items_batch", "item_node"]).optional(),
    pushes_stock: z.boolean().optional(),
    pushes_prices: z.boolean().optional(),
    slow_sell_outs_by_push: z.boolean().optional(),
    discontinued_months: z.number().int("must be a whole number of months").min(1, "must be from 1 to 36").max(36, "must be from 1 to 36").optional(),
  })
  .refine((body) => body.region_id || body.currency_code, { path: ["currency_code"], message: "choose a region or a currency" })

export type CreateCatalogBody = z.infer<typeof createCatalogBody>

const unitsPerDay = z.number().min(0.01, "must be from 0.01 to 10000 units a day").max(10_000, "must be from 0.01 to 10000 units a day")

/** Body of `POST /admin/meta-catalog/catalogs/:id`: any part of the above. What is fixed at first sight is not in it. */
export const updateCatalogBody = z
  .strictObject({ ...createCatalogBody.shape })
  .omit({ meta_catalog_id: true, retailer_id_scheme: true })
  .partial()
  .extend({
    brake_share_percent: z.number().int().min(1, "must be from 1 to 100").max(100, "must be from 1 to 100").optional(),
    brake_minimum_items: z.number().int().min(1, "must be from 1 to 1000000").max(1_000_000, "must be from 1 to 1000000").optional(),
    velocity_days: z.number().int("must be a whole number of days from 1 to 365").min(1, "must be from 1 to 365").max(365, "must be from 1 to 365").optional(),
    medium_from: unitsPerDay.optional(),
    fast_from: unitsPerDay.optional(),
    velocity_hysteresis_percent: z.number().int("must be a whole percentage from 0 to 50").min(0, "must be from 0 to 50").max(50, "must be from 0 to 50").optional(),
  })

export type UpdateCatalogBody = z.infer<typeof updateCatalogBody>

/** Body of `POST /admin/meta-catalog/test-connection`: values typed and not saved. */
export const testConnectionBody = z.object({
  meta_catalog_id: z.string().trim().regex(/^\d{1,32}$/, "must be Meta's catalogue id, digits only"),
  access_token: text,
  app_secret: optionalText,
  graph_version: z.string().regex(/^v\d+\.\d+$/, "must look like v26.0").optional(),
})

/** Body or query of `DELETE /admin/meta-catalog/catalogs/:id`. */
export const deleteCatalogBody = z.object({
  delete_at_meta: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")])
    .optional()
    .default(false),
  confirm_meta_catalog_id: z.string().optional(),
})

/** Body of `POST /admin/meta-catalog/products/:product_id/sync`; without a catalogue all of them are meant. */
export const syncProductBody = z.strictObject({ catalog_id: text.optional() })

const strategy = z.enum(["combined", "fast", "slow"], "must be combined, fast or slow").optional()

const format = z.enum(FEED_FORMATS, `must be one of ${FEED_FORMATS.join(", ")}`).optional()

/** Body of `POST /admin/meta-catalog/feeds/:id`. */
export const changeFeedBody = z.strictObject({ strategy, format, schedule: feedSchedule, update_schedule: updateSchedule })

const movedPart = z.strictObject({ scope: z.enum(["type", "collection", "category", "tag", "product", "variant"]), reference_id: text })

/** Body of `POST /admin/meta-catalog/catalogs/:id/moves`: which items, to where, and that the consequence is meant. */
export const moveItemsBody = z
  .strictObject({
    to_feed_id: text,
    item_ids: z.array(text).min(1, "must name at least one item").max(10_000, "must name at most 10000 items").optional(),
    scope: movedPart.optional(),
    scopes: z.array(movedPart).min(1, "must name at least one part").max(1_000, "must name at most 1000 parts").optional(),
    from_feed_id: text.optional(),
    confirm: z.literal(true, "must be true: an item that leaves a replace file is deleted at Meta, with its product tags and its ranking"),
  })
  .refine((body) => [body.item_ids, body.scope, body.scopes, body.from_feed_id].filter((part) => part !== undefined).length === 1, {
    path: ["item_ids"],
    message: "name the items by exactly one of item_ids, scope, scopes and from_feed_id",
  })

/** Body of `POST /admin/meta-catalog/catalogs/:id/feeds`. */
export const createFeedBody = z.strictObject({
  kind: z.literal("replace").optional(),
  /** True has Meta delete nothing that the file lacks. It can be said only when the feed is made. */
  update_only: z.boolean().optional(),
  schedule: feedSchedule,
  /** False serves the feed to anyone who knows the URL. */
  basic_auth: z.boolean().optional().default(true),
  strategy,
  format,
  update_schedule: updateSchedule,
})

export type CreateFeedBody = z.infer<typeof createFeedBody>

const count = (fallback: number, most: number) => z.coerce.number().int().min(0).max(most).optional().default(fallback)

const ids = z.array(text).min(1, "must name something").max(1_000, "must name at most 1000").optional()

/** Body of `POST /admin/meta-catalog/catalogs/:id/panic`. Without a scope everything is stopped. */
export const panicBody = z.strictObject({
  scope: z
    .strictObject({ product_ids: ids, collection_ids: ids, category_ids: ids, type_ids: ids, tag_ids: ids })
    .refine((scope) => Object.values(scope).some((list) => list !== undefined), "must name products, collections, categories, types or tags")
    .nullish()
    .transform((scope) => scope ?? null),
})

/** Query of `GET /admin/meta-catalog/issues`. */
export const listIssuesQuery = z.object({
  catalog_id: z.string().optional(),
  product_id: z.string().optional(),
  variant_id: z.string().optional(),
  severity: z.enum(["error", "warning"]).optional(),
  source: z.enum(["check", "feed_upload", "items_batch", "audit", "catalog"]).optional(),
  limit: count(50, 200),
  offset: count(0, 10_000_000),
})

/** Query of `GET /admin/meta-catalog/catalogs/:id/stock-metrics`. */
export const stockMetricsQuery = z.object({
  days: z.coerce.number().int().min(1, "must be from 1 to 366").max(366, "must be from 1 to 366").optional().default(28),
})

/** Query of `GET /admin/meta-catalog/feeds/:id/snapshots`. */
export const listSnapshotsQuery = z.object({ limit: count(20, 100), offset: count(0, 10_000_000) })

/** Query of `GET /admin/meta-catalog/items/:item_id/history`. */
export const listItemChangesQuery = z.object({ limit: count(20, 200), offset: count(0, 10_000_000) })

/**
 * Checks a body or query; every message starts with the field it is about, so that a form can show it there.
 *
 * @throws MedusaError INVALID_DATA with `field: problem; field: problem`.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  refuseUnstorable(input)
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) {
    return parsed.data
  }
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") {
      return `${issue.keys.join(", ")}: is not a setting`
    }
    const isMissing = issue.code === "invalid_type" && issue.message.includes("undefined")
    return `${issue.path.join(".") || "body"}: ${isMissing ? "is required" : issue.message}`
  })
  throw new MedusaError(MedusaError.Types.INVALID_DATA, problems.join("; "))
}

/** PostgreSQL stores every character but the null character, no halves of surrogate pairs in JSON, and says so only when it is asked to. */
function refuseUnstorable(input: unknown, path: string[] = []): void {
  const problem = typeof input !== "string" ? null : input.includes("\u0000") ? "a null character" : /\p{Surrogate}/u.test(input) ? "half of a character" : null
  if (problem !== null) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, `${path.join(".") || "body"}: must not hold ${problem}`)
  }
  if (typeof input === "object" && input !== null) {
    for (const [field, value] of Object.entries(input)) {
      refuseUnstorable(field, path)
      refuseUnstorable(value, [...path, field])
    }
  }
}
