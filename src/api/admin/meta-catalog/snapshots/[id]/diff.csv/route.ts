import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type { AuthenticatedMedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { ContainerRegistrationKeys, MedusaError } from "@medusajs/framework/utils"
import { diffCsv } from "../../../../../../feed/diff-csv"
import { openComparison, whyNotComparable } from "../../../../../../workflows/feeds/compare-snapshots"
import { metaCatalog } from "../../../../../../workflows/open-catalog"
import { findComparison } from "../../../snapshot-presenter"

/** Every difference between a snapshot and the one published before it, compared while it is sent. */
export async function GET(req: AuthenticatedMedusaRequest, res: MedusaResponse): Promise<void> {
  const { snapshot, against } = await findComparison(metaCatalog(req.scope), req.params.id)
  const reason = whyNotComparable({ snapshot, against })
  if (reason || !against) {
    throw new MedusaError(MedusaError.Types.NOT_FOUND, reason ?? "There is nothing to compare.")
  }
  const { comparison, columns, close } = await openComparison(req.scope, { snapshot, against })
  res.set({
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="changes-${against.number}-to-${snapshot.number}.csv"`,
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
  })
  try {
    await pipeline(Readable.from(diffCsv(comparison, columns)), res)
  } catch (error) {
    // Ended, it could pass for all differences; broken off, it cannot.
    req.socket.destroy()
    const words = error instanceof Error ? error.message : String(error)
    req.scope.resolve(ContainerRegistrationKeys.LOGGER).warn(`[meta-catalog] the changes of snapshot ${snapshot.id} were not sent to their end: ${words}`)
  } finally {
    close()
  }
}
