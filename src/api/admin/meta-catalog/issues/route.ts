import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { metaCatalog } from "../../../../workflows/open-catalog"
import { toAdminIssue } from "../presenters"
import { listIssuesQuery, parseInput } from "../validators"

/** Open issues, errors before warnings and the newest first. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const { limit, offset, ...filter } = parseInput(listIssuesQuery, req.query)
  const [issues, count] = await metaCatalog(req.scope).listAndCountIssues(filter, {
    order: { severity: "ASC", last_seen_at: "DESC", id: "ASC" },
    take: limit,
    skip: offset,
  })
  res.json({ issues: issues.map(toAdminIssue), count, limit, offset })
}
