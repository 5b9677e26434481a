import { Transform, type TransformCallback } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"

/** What goes wrong with everything a server answers over one connection. */
export type EdgeFault =
  /** After so many bytes the connection is reset, or closed as if all had been said. */
  | { kind: "cut"; afterBytes: number; as: "reset" | "end" }
  /** Something on the way keeps only so many bytes of a body and says that this is its length. */
  | { kind: "shorten"; bodyBytes: number }
  /** The bytes come slowly: a piece, a pause. */
  | { kind: "slow"; bytes: number; pauseMs: number }

/** A stream that does a fault to all that passes. `hangUp` ends the connection it passes to. */
export function disturb(fault: EdgeFault, hangUp: (as: "reset" | "end") => void): Transform {
  if (fault.kind === "cut") return cut(fault, hangUp)
  return fault.kind === "slow" ? slow(fault) : shorten(fault)
}

function cut({ afterBytes, as }: { afterBytes: number; as: "reset" | "end" }, hangUp: (as: "reset" | "end") => void): Transform {
  let left = afterBytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const rest = chunk.subarray(0, left)
      left -= rest.length
      if (rest.length > 0) this.push(rest)
      if (left > 0) return done()
      // What was pushed goes out first; nothing passes any more.
      setImmediate(() => hangUp(as))
    },
  })
}

function slow({ bytes, pauseMs }: { bytes: number; pauseMs: number }): Transform {
  return new Transform({
    async transform(chunk: Buffer, _encoding, done: TransformCallback) {
      for (let start = 0; start < chunk.length; start += bytes) {
        this.push(chunk.subarray(start, start + bytes))
        await sleep(pauseMs)
      }
      done()
    },
  })
}

function shorten({ bodyBytes }: { bodyBytes: number }): Transform {
  let head: Buffer | null = Buffer.alloc(0)
  let left = bodyBytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      let body = chunk
      if (head) {
        head = Buffer.concat([head, chunk])
        const end = head.indexOf("\r\n\r\n")
        if (end < 0) return done()
        this.push(head.subarray(0, end).toString("latin1").replace(/^content-length: .*$/im, `Content-Length: ${bodyBytes}`) + "\r\n\r\n")
        body = head.subarray(end + 4)
        head = null
      }
      this.push(body.subarray(0, left))
      left = Math.max(0, left - body.length)
      done()
    },
  })
}
