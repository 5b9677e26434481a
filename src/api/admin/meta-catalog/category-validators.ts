import { z } from "@medusajs/framework/zod"

const MOST = 10_000

/** Body of `POST /admin/meta-catalog/catalogs/:id/categories`. Null takes a mapping away. */
export const saveCategoryMappingsBody = z.strictObject({
  mappings: z
    .array(
      z.strictObject({
        product_category_id: z.string().trim().min(1, "must be the id of a category of the store"),
        google_product_category: z.string("must be an id in Google's product taxonomy, or null").trim().min(1, "must be an id in Google's product taxonomy, or null").nullable(),
      })
    )
    .min(1, "must have at least one mapping")
    .max(MOST, `must have at most ${MOST} mappings`)
    .superRefine((mappings, context) => {
      const seen = new Set<string>()
      for (const [index, { product_category_id }] of mappings.entries()) {
        if (seen.has(product_category_id)) {
          context.addIssue({ code: "custom", path: [index, "product_category_id"], message: "comes twice" })
        }
        seen.add(product_category_id)
      }
    }),
})

/** Query of `GET /admin/meta-catalog/google-categories`. */
export const googleCategoriesQuery = z.object({
  q: z.string("must be words to search for").trim().min(1, "must be words to search for").max(200, "must have at most 200 characters"),
  limit: z.coerce.number().int("must be from 1 to 50").min(1, "must be from 1 to 50").max(50, "must be from 1 to 50").optional().default(10),
})
