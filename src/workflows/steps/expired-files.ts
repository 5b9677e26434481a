import { once } from "node:events"
import type { IFileModuleService, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { metaCatalog } from "../open-catalog"

/** Deletes the feed files nothing needs any more. A file that cannot be deleted now is tried again after the next build. */
export async function deleteExpiredFiles(container: MedusaContainer): Promise<void> {
  const { snapshots } = metaCatalog(container)
  const logger = container.resolve(ContainerRegistrationKeys.LOGGER)
  const files = container.resolve<IFileModuleService>(Modules.FILE)
  try {
    const expired = await snapshots.listExpiredFiles()
    if (expired.length === 0) return
    await files.deleteFiles(expired.map((file) => file.file_key))
    const gone: string[] = []
    for (const file of expired) {
      if (await canBeRead(files, file.file_key)) logger.warn(`[meta-catalog] ${file.file_key} was not deleted: may the file provider delete?`)
      else gone.push(file.snapshot_id)
    }
    await snapshots.forgetFiles({ snapshotIds: gone })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    logger.warn(`[meta-catalog] old feed files could not be deleted: ${reason}`)
  }
}

/** Asked because the S3 provider logs that it could not delete and tells nobody. */
async function canBeRead(files: IFileModuleService, key: string): Promise<boolean> {
  try {
    const stream = await files.getDownloadStream(key)
    await once(stream, "readable")
    stream.destroy()
    return true
  } catch {
    return false
  }
}
