import type { MedusaRequest } from "@medusajs/framework/http"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { metaCatalog } from "../../../workflows/open-catalog"
import type { Served } from "./send-file"

/**
 * Notes that a client has a whole file now, so that an upload session near it is tied to that file. To be called once the last byte was
 * handed over, and not for part of a file. A failure is logged: the response has been given.
 */
export async function noteFetch(req: MedusaRequest, { feedId, file, isNamed }: Served, { notModified }: { notModified: boolean }): Promise<void> {
  try {
    const userAgent = req.headers["user-agent"] ?? null
    await metaCatalog(req.scope).fetches.recordFetch({ feedId, snapshotId: file.id, namedSnapshot: isNamed, notModified, userAgent })
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    req.scope.resolve(ContainerRegistrationKeys.LOGGER).error(`[meta-catalog] a fetch of snapshot ${file.id} was not noted: ${words}`)
  }
}
