import { model } from "@medusajs/framework/utils"

/**
 * One value of one item that was sent: its history. Written with the batch, so nothing that went out is missing; how it
 * ended stands in the batch row.
 */
export const ItemChange = model
  .define(
    { name: "MetaCatalogItemChange", tableName: "meta_catalog_item_change" },
    {
      batch_id: model.text().primaryKey(),
      item_id: model.text().primaryKey(),
      catalog_id: model.text(),
      /** The mark it answered, and since when that waited. */
      reason: model.text().nullable(),
      due_at: model.dateTime().nullable(),
      sent_at: model.dateTime(),
      quantity: model.number().nullable(),
      availability: model.text().nullable(),
      price: model.json().nullable(),
      /** What Meta was known to hold before; availability null when that was not known. */
      before_quantity: model.number().nullable(),
      before_availability: model.text().nullable(),
      before_price: model.json().nullable(),
    }
  )
  .indexes([
    { name: "IDX_meta_catalog_item_change_item", on: ["item_id", "sent_at"] },
    {
      name: "IDX_meta_catalog_item_change_sold_out",
      on: ["catalog_id", "sent_at"],
      where: "availability = 'out of stock' AND before_availability <> 'out of stock' AND deleted_at IS NULL",
    },
  ])
