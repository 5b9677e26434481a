import { finished, type Readable, type Writable } from "node:stream"

/**
 * Sends a stream of exactly this many bytes and ends the target. The newest chunk waits until the next one or the end is known: a client
 * that has every byte may hang up at once, and would be taken for one that left early if the file's end were still being looked for.
 *
 * Chunks go from one stream to the other without a third between them, which would cost a fifth of the processor time of a download.
 *
 * @throws Error, with the target not ended, when the stream fails or has another length, or the target closes early.
 */
export async function sendExactly(source: Readable, target: Writable, bytes: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      let passed = 0
      let newest: Buffer | undefined
      source.on("data", (chunk: Buffer) => {
        passed += chunk.length
        if (passed > bytes) return reject(new Error(`the file is longer than ${bytes} bytes`))
        if (newest && !target.write(newest)) source.pause()
        newest = chunk
      })
      target.on("drain", () => source.resume())
      finished(source, { writable: false }, (error) => {
        if (error) return reject(error)
        if (passed < bytes) return reject(new Error(`the file has ${passed} bytes instead of ${bytes}`))
        if (passed === bytes) target.end(newest)
      })
      finished(target, { readable: false }, (error) => (error ? reject(error) : resolve()))
    })
  } finally {
    source.destroy()
  }
}
