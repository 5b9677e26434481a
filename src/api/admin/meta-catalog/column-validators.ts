import { z } from "@medusajs/framework/zod"
import { columnSources } from "../../../catalog/columns/column-source"

/**
 * Body of `POST /admin/meta-catalog/catalogs/:id/columns` and of its preview: sources by Meta's name of the column. Null puts the built-in
 * source back, an empty list empties the column.
 */
export const columnsBody = z.strictObject({
  columns: z
    .record(z.string().max(100, "must have at most 100 characters"), columnSources.nullable())
    .refine((columns) => Object.keys(columns).length > 0, "must name a column"),
})

/** Query of `GET /admin/meta-catalog/catalogs/:id/columns`. */
export const columnsQuery = z.object({ product_id: z.string().trim().min(1, "must be the id of a product").max(200, "must be the id of a product").optional() })
