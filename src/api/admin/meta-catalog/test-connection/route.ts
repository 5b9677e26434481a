import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { tryConnection } from "../../../../workflows/catalogs/connect-catalog"
import { parseInput, testConnectionBody } from "../validators"

/** Tries values a person has typed and not saved. */
export async function POST(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  res.json({ test: await tryConnection(req.scope, parseInput(testConnectionBody, req.body)) })
}
