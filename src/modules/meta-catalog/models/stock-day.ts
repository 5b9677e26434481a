import { model } from "@medusajs/framework/utils"

/** What the stock policy of one catalogue did on one day: what it kept back, and what it could not prevent. */
export const StockDay = model.define(
  { name: "MetaCatalogStockDay", tableName: "meta_catalog_stock_day" },
  {
    catalog_id: model.text().primaryKey(),
    /** `YYYY-MM-DD`, in UTC. */
    day: model.text().primaryKey(),
    /** Units that are there and not promised, summed over the offered items; as last looked at on that day. */
    units_withheld: model.number().default(0),
    /** Offered items of which something is there and nothing is promised; as last looked at on that day. */
    items_short: model.number().default(0),
    /** Summed over the items: from the mark of a change that made one unavailable until Meta acknowledged it. */
    minutes_offered_unavailable: model.float().default(0),
    /** Orders at Meta that were cancelled because the stock was gone. */
    cancellations_for_stock: model.number().default(0),
  }
)
