import { testConnection } from "../../graph-api/test-connection"
import { pauseAndNotify, type OpenCatalog } from "../open-catalog"

/** Findings that pass by themselves: nobody has to act, the call is simply tried again later. */
const PASSING = new Set(["unreachable", "not_meta"])

/**
 * Whether a refusal is about the call's entries. One that looks so may speak about the connection: a wrong app secret, too,
 * is a plain code 100 (CONTRACT 1.2). Asking costs a few calls of the other quota; halving down to single items would cost
 * hundreds of this one. Pauses the catalogue where a person has to act.
 */
export async function isConnectionSound(open: OpenCatalog): Promise<boolean> {
  const report = await testConnection(open.client, { metaCatalogId: open.catalog.meta_catalog_id })
  const failed = report.checks.find((check) => check.ok === false)
  if (failed && PASSING.has(failed.code)) {
    await open.module.catalogs.slowDown({ catalogId: open.catalog.id })
  } else if (failed) {
    await pauseAndNotify(open.container, { catalog: open.catalog, reason: failed.code, message: failed.message })
  }
  return !failed
}
