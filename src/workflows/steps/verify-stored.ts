import { createHash } from "node:crypto"
import type { IFileModuleService } from "@medusajs/framework/types"
import type { SnapshotFile } from "../../modules/meta-catalog/snapshots"

/**
 * Reads a file back as it was stored. A store of files that lost a part of it without saying so would otherwise be noticed only when
 * Meta fetches, and the last good file would no longer be served then.
 *
 * @throws Error when the store has another file than was written.
 */
export async function verifyStored(files: IFileModuleService, { key, sha256, bytes }: SnapshotFile): Promise<void> {
  const digest = createHash("sha256")
  let stored = 0
  for await (const chunk of await files.getDownloadStream(key)) {
    digest.update(chunk as Buffer)
    stored += (chunk as Buffer).length
  }
  if (stored !== bytes) throw new Error(`The file provider has stored ${stored} of ${bytes} bytes, the file was not published.`)
  if (digest.digest("hex") !== sha256) throw new Error("The file provider has stored other bytes than were written, the file was not published.")
}
