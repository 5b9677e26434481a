import { model } from "@medusajs/framework/utils"

/**
 * The last valid feed row of an item, kept apart from `item` so that the push's many small updates do not rewrite it.
 * A listed item that has become invalid or discontinued is written from here.
 */
export const ItemRow = model.define(
  { name: "MetaCatalogItemRow", tableName: "meta_catalog_item_row" },
  {
    item_id: model.text().primaryKey(),
    /** Cells by Meta field name, without the empty ones. */
    cells: model.json(),
    /** Hash of the cells, so an unchanged row is not written again. */
    hash: model.text(),
  }
)
