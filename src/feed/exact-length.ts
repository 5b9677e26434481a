import { Transform } from "node:stream"

/**
 * Lets exactly this many bytes through; a file of another length is an error, not an answer. The newest chunk waits until
 * the next one or the end is known: a client that has every byte may hang up at once, and would be taken for one that left
 * early if the file's end were still being looked for.
 */
export function exactly(bytes: number): Transform {
  let passed = 0
  let newest: Buffer | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length
      if (newest) this.push(newest)
      newest = chunk
      done(passed > bytes ? new Error(`the file is longer than ${bytes} bytes`) : null)
    },
    flush(done) {
      done(passed < bytes ? new Error(`the file has ${passed} bytes instead of ${bytes}`) : null, newest)
    },
  })
}
