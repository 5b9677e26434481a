import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { findCategories } from "../../../../catalog/categories/google-taxonomy"
import { googleCategoriesQuery } from "../category-validators"
import type { AdminGoogleCategory } from "../category-types"
import { parseInput } from "../validators"

/** Categories of Google's product taxonomy that fit the words, best first. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse<{ google_categories: AdminGoogleCategory[] }>): Promise<void> {
  const { q, limit } = parseInput(googleCategoriesQuery, req.query)
  res.json({ google_categories: await findCategories(q, limit) })
}
