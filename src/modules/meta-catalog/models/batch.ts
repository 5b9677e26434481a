import { model } from "@medusajs/framework/utils"

/**
 * One call that carries values to Meta: an items_batch call, a round of single item updates, or an update_only upload. The row with its items and values is committed before the POST, so a worker that dies leaves
 * behind what it may have sent.
 *
 * claimed → sending → sent → (verifying →) settled; from sending or sent also → doubtful → settled; claimed may end in
 * released. Transitions live in `../batches.ts`, `../batch-settlement.ts` and `../batch-doubts.ts`.
 */
export const Batch = model
  .define(
    { name: "MetaCatalogBatch", tableName: "meta_catalog_batch" },
    {
      id: model.id({ prefix: "mcbatch" }).primaryKey(),
      catalog_id: model.text(),
      transport: model.enum(["items_batch", "item_node", "upload"]).default("items_batch"),
      status: model.enum(["claimed", "sending", "sent", "verifying", "doubtful", "settled", "released"]),
      /** Random word of the worker run that owns the row while it is claimed or sending. */
      owner: model.text(),
      /** When the owner is taken for dead. */
      lease_until: model.dateTime(),
      /** `[{ item_id, retailer_id, quantity, availability, price }]` as sent; emptied when only the history is kept. */
      values: model.json(),
      item_count: model.number().default(0),
      /** Meta dropped something it did not name: nothing counts until it was read back. */
      must_verify: model.boolean().default(false),
      handle: model.text().nullable(),
      posted_at: model.dateTime().nullable(),
      poll_at: model.dateTime().nullable(),
      polls: model.number().default(0),
      /** Until this time a call of unknown outcome may still be applied; after it every item is asserted once more. */
      doubtful_until: model.dateTime().nullable(),
      acknowledged_count: model.number().default(0),
      rejected_count: model.number().default(0),
      /** Retailer ids Meta refused. */
      rejected: model.json().nullable(),
      error: model.text().nullable(),
      settled_at: model.dateTime().nullable(),
    }
  )
  .indexes([
    { name: "IDX_meta_catalog_batch_poll", on: ["catalog_id", "poll_at"], where: "status IN ('sent','verifying')" },
    { name: "IDX_meta_catalog_batch_open", on: ["catalog_id", "status"], where: "status IN ('claimed','sending','doubtful')" },
    // Two carriers at once could bring the same item in an order nobody knows.
    { name: "IDX_meta_catalog_batch_carrier", on: ["catalog_id"], unique: true, where: "transport = 'upload' AND status IN ('claimed','sending','sent')" },
  ])
