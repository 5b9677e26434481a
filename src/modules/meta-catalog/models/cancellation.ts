import { model } from "@medusajs/framework/utils"

/** An intent to cancel an order at Meta, or some of its units. Written before the call, with the key the call carries each time. */
export const Cancellation = model
  .define(
    { name: "MetaCatalogCancellation", tableName: "meta_catalog_cancellation" },
    {
      id: model.id({ prefix: "mccancel" }).primaryKey(),
      catalog_id: model.text(),
      order_id: model.text(),
      meta_order_id: model.text(),
      /** What tells this intent from others on the same order: the caller's word, or what is to be cancelled. */
      intent: model.text(),
      /** Meta carries out one call per key; the same in every attempt. */
      idempotency_key: model.text(),
      /** `[{ retailer_id, quantity }]`; null is the whole order. */
      items: model.json().nullable(),
      reason_code: model.text(),
      reason_description: model.text().nullable(),
      restock_items: model.boolean().default(false),
      /** `waiting` for its first or next attempt, `sending`, `done`, or `refused` by Meta for good. */
      status: model.enum(["waiting", "sending", "done", "refused"]).default("waiting"),
      error: model.text().nullable(),
      attempts: model.number().default(0),
      /** Not before this time; while sending, when its worker counts as dead. */
      due_at: model.dateTime().nullable(),
      done_at: model.dateTime().nullable(),
    }
  )
  .indexes([
    { name: "IDX_meta_catalog_cancellation_intent", on: ["order_id", "intent"], unique: true, where: "status <> 'refused' AND deleted_at IS NULL" },
    { name: "IDX_meta_catalog_cancellation_open", on: ["catalog_id", "due_at"], where: "status IN ('waiting', 'sending') AND deleted_at IS NULL" },
  ])
