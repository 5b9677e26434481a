import type { IFileModuleService, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { metaCatalog } from "../open-catalog"

/** Deletes the feed files nothing needs any more. A file that cannot be deleted now is tried again after the next build. */
export async function deleteExpiredFiles(container: MedusaContainer): Promise<void> {
  const { snapshots } = metaCatalog(container)
  const files = container.resolve<IFileModuleService>(Modules.FILE)
  try {
    const expired = await snapshots.listExpiredFiles()
    if (expired.length === 0) return
    await files.deleteFiles(expired.map((file) => file.file_key))
    await snapshots.forgetFiles({ snapshotIds: expired.map((file) => file.snapshot_id) })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    container.resolve(ContainerRegistrationKeys.LOGGER).warn(`[meta-catalog] old feed files could not be deleted: ${reason}`)
  }
}
