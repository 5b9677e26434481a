import { z } from "@medusajs/framework/zod"
import { feedSchedule } from "./feed-schedule-validators"

const text = z.string().trim().min(1, "must not be empty")

/** An empty cell is a word in these files, and XML has none: an element is there or not. */
const format = z.enum(["csv", "tsv"], "must be csv or tsv").optional()

const columns = z.array(text).min(1, "must name at least one column").max(100, "must name at most 100 columns")

const common = {
  schedule: feedSchedule,
  /** False serves the feed to anyone who knows the URL. */
  basic_auth: z.boolean().optional().default(true),
  format,
}

const countryFeed = z.strictObject({
  kind: z.literal("override"),
  override_type: z.literal("country"),
  override_value: z.string().trim().regex(/^[A-Za-z]{2}$/, "must be a country of two letters, such as GB"),
  region_id: text.nullish(),
  currency_code: z.string().trim().regex(/^[A-Za-z]{3}$/, "must be a currency of three letters, such as EUR").nullish(),
  ...common,
})

const languageFeed = z.strictObject({
  kind: z.literal("override"),
  override_type: z.literal("language"),
  locale: text,
  override_value: z.string().trim().regex(/^[a-z][a-z0-9]{1,2}_[A-Z]{2}$/, "must be Meta's code of a language, such as fr_XX").optional(),
  ...common,
})

const supplementaryFeed = z.strictObject({ kind: z.literal("supplementary"), columns, primary_feed_ids: z.array(text).min(1, "must name at least one feed").optional(), ...common })

/** Body of `POST /admin/meta-catalog/catalogs/:id/feeds` for a feed over the items of others. */
export const createOverlayBody = z.discriminatedUnion("kind", [
  z.discriminatedUnion("override_type", [countryFeed, languageFeed], { error: "must be country or language" }),
  supplementaryFeed,
])

/** Body of `POST /admin/meta-catalog/feeds/:id` for such a feed. */
export const changeOverlayBody = z.strictObject({ schedule: feedSchedule, columns: columns.optional(), format })

/** Body of `POST /admin/meta-catalog/feeds/:id/upload`. */
export const uploadBody = z.strictObject({
  /** True deletes nothing at Meta. */
  update_only: z.boolean().optional().default(false),
  /** Whether Meta fetches the file, or it is sent along. */
  by: z.enum(["url", "file"], "must be url or file").optional().default("url"),
})

/** Whether a body asks for a feed over the items of others; anything else is a feed with items. */
export function asksForOverlay(body: unknown): boolean {
  return typeof body === "object" && body !== null && "kind" in body && body.kind !== "replace"
}
