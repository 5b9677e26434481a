import { createHash } from "node:crypto"
import type { Readable } from "node:stream"
import type { WrittenFile } from "./file-writer"

/**
 * Reads a file back as it was stored. A store of files that lost a part of it without saying so would otherwise be noticed only when
 * Meta fetches, and the last good file would no longer be served then.
 *
 * @throws Error when the store has another file than was written.
 */
export async function verifyStored(stored: Readable, { sha256, bytes }: Pick<WrittenFile, "sha256" | "bytes">): Promise<void> {
  const digest = createHash("sha256")
  let length = 0
  for await (const chunk of stored as AsyncIterable<Buffer>) {
    digest.update(chunk)
    length += chunk.length
  }
  if (length !== bytes) throw new Error(`The file provider has stored ${length} of ${bytes} bytes; the file was not published.`)
  if (digest.digest("hex") !== sha256) throw new Error("The file provider has stored other bytes than were written; the file was not published.")
}
