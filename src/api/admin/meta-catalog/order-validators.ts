import { z } from "@medusajs/framework/zod"
import { CANCEL_REASON_CODES } from "../../../graph-api/commerce-orders"

const text = z.string().trim().min(1, "must not be empty")

/** Settings of a catalogue about orders at Meta. Empty text clears the owner's id. */
export const orderSettings = {
  orders_mode: z.enum(["off", "seller", "platform"], "must be off, seller or platform").optional(),
  orders_owner_id: z
    .string()
    .trim()
    .regex(/^\d{0,32}$/, "must be Meta's id of the shop or page, digits only")
    .nullish()
    .transform((value) => (value === undefined ? undefined : value || null)),
  orders_key: text.max(100, "must have at most 100 characters").optional(),
}

/** Query of `GET /admin/meta-catalog/catalogs/:id/orders`. */
export const listOrdersQuery = z.object({
  state: z.enum(["FB_PROCESSING", "CREATED", "IN_PROGRESS", "COMPLETED", "GONE", "UNREAD"]).optional(),
  booked: z.enum(["true", "false"], "must be true or false").transform((value) => value === "true").optional(),
  limit: z.coerce.number().int().min(0).max(200).optional().default(50),
  offset: z.coerce.number().int().min(0).max(10_000_000).optional().default(0),
})

/** Body of `POST /admin/meta-catalog/catalogs/:id/orders/:meta_order_id/cancel`. */
export const cancelOrderBody = z.strictObject({
  reason_code: z.enum(CANCEL_REASON_CODES, `must be one of ${CANCEL_REASON_CODES.join(", ")}`).optional(),
  reason_description: text.max(500, "must have at most 500 characters").nullish(),
  restock_items: z.boolean("must be true or false").optional(),
  items: z
    .array(z.strictObject({ retailer_id: text, quantity: z.number().int("must be a whole number").min(1, "must be at least 1") }))
    .min(1, "must name something; leave it out to cancel the whole order")
    .refine((items) => new Set(items.map(({ retailer_id }) => retailer_id)).size === items.length, "must name each retailer_id once")
    .optional(),
  intent: text.max(100, "must have at most 100 characters").optional(),
})
