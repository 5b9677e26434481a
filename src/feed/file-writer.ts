import { createHash } from "node:crypto"
import { once } from "node:events"
import { Transform, type Writable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"

/** Where a file goes, as the File Module opens it: `promise` settles when the store of files has it all. */
export type FileTarget = { writeStream: Writable; promise: Promise<unknown> }

/** What was written. */
export type WrittenFile = {
  /** SHA-256 over the stored bytes, lower-case hex. */
  sha256: string
  /** Stored, compressed size. */
  bytes: number
  /** Size before compression. */
  plainBytes: number
}

/** Text in, gzip file out. At most one text waits to be compressed: `write` waits while the target is slower. */
export type FileWriter = {
  write(text: string): Promise<void>
  /** Ends the file and waits until the target has all of it. */
  finish(): Promise<WrittenFile>
  /** Gives the file up. What was written so far is for the caller to delete. */
  abort(): Promise<void>
}

/** Fast enough not to hold up the reading, within a few percent of the smallest size. */
const GZIP_LEVEL = 5

/** Opens a writer on a target. */
export function openFileWriter(target: FileTarget): FileWriter {
  const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: 64 * 1024 })
  const digest = createHash("sha256")
  let bytes = 0
  let plainBytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  // Both are watched from the start, so that a failing disk is heard of at the next write and never as an unhandled error.
  const stored = Promise.all([pipeline(gzip, meter, target.writeStream), target.promise])
  stored.catch(() => undefined)
  // Waited for at the next write and not at this one, so that one text is compressed while the next is made.
  let room: Promise<unknown> = Promise.resolve()
  return {
    async write(text) {
      // Turned into bytes first, because a long text that waits is kept by the collector for long.
      const chunk = Buffer.from(text, "utf8")
      await room
      if (gzip.destroyed) await stored
      plainBytes += chunk.length
      if (!gzip.write(chunk)) {
        room = Promise.race([once(gzip, "drain"), stored])
        room.catch(() => undefined)
      }
    },
    async finish() {
      await room
      gzip.end()
      await stored
      return { sha256: digest.digest("hex"), bytes, plainBytes }
    },
    async abort() {
      gzip.destroy()
      await stored.catch(() => undefined)
    },
  }
}
