import { createHash } from "node:crypto"
import { Readable, Writable } from "node:stream"
import { setTimeout as wait } from "node:timers/promises"
import { gunzipSync } from "node:zlib"
import { openFileWriter } from "../file-writer"
import { verifyStored } from "../verify-stored"

/** A store of files that takes `delayMs` for each chunk and keeps what it got. */
function store({ delayMs = 0, failAfter = Infinity } = {}) {
  const chunks: Buffer[] = []
  const writeStream = new Writable({
    highWaterMark: 16 * 1024,
    async write(chunk: Buffer, _encoding, done) {
      await wait(delayMs)
      chunks.push(chunk)
      done(chunks.length > failAfter ? new Error("disk full") : null)
    },
  })
  const promise = new Promise((resolve, reject) => writeStream.once("finish", () => resolve("key")).once("error", reject))
  return { chunks, target: { writeStream, promise } }
}

/** Text that gzip cannot shrink much. */
function noise(bytes: number): string {
  let text = ""
  for (let seed = "0"; text.length < bytes; ) text += seed = createHash("sha256").update(seed).digest("hex")
  return text
}

describe("the file writer", () => {
  it("stores exactly what was written, and measures what it stored", async () => {
    const { chunks, target } = store()
    const writer = openFileWriter(target)
    const texts = ["héader\n", noise(300_000), "last line €\n"]
    for (const text of texts) await writer.write(text)
    const file = await writer.finish()
    const stored = Buffer.concat(chunks)
    expect(gunzipSync(stored).toString("utf8")).toBe(texts.join(""))
    expect(file).toEqual({
      sha256: createHash("sha256").update(stored).digest("hex"),
      bytes: stored.length,
      plainBytes: Buffer.byteLength(texts.join("")),
    })
  })

  it("waits for a slow store instead of piling up", async () => {
    const { chunks, target } = store({ delayMs: 5 })
    const writer = openFileWriter(target)
    for (let page = 0; page < 20; page += 1) {
      await writer.write(noise(200_000 + page))
      const stored = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      // Of about 100 KB a page at most a page, the one being compressed and the buffers between may be under way.
      expect((page + 1) * 100_000 - stored).toBeLessThan(600_000)
    }
    await writer.finish()
  })

  it("fails at the next write when the store fails, and never hangs", async () => {
    const { target } = store({ failAfter: 1 })
    const writer = openFileWriter(target)
    await expect(
      (async () => {
        for (let page = 0; page < 50; page += 1) await writer.write(noise(200_000))
        await writer.finish()
      })()
    ).rejects.toThrow("disk full")
    await writer.abort()
  })

  it("can be given up at any time", async () => {
    const { target } = store()
    const writer = openFileWriter(target)
    await writer.write(noise(100_000))
    await writer.abort()
    expect(target.writeStream.writableFinished).toBe(false)
  })
})

describe("reading a file back", () => {
  it("finds it as it was written, and notices what a store of files has lost or changed", async () => {
    const { chunks, target } = store()
    const writer = openFileWriter(target)
    await writer.write(noise(100_000))
    const file = await writer.finish()
    const stored = Buffer.concat(chunks)
    await verifyStored(Readable.from([stored.subarray(0, 10), stored.subarray(10)]), file)
    const changed = Buffer.from(stored)
    changed[stored.length / 2 | 0] ^= 1
    await expect(verifyStored(Readable.from([stored.subarray(0, -1)]), file)).rejects.toThrow(`${stored.length - 1} of ${stored.length} bytes`)
    await expect(verifyStored(Readable.from([]), file)).rejects.toThrow("0 of")
    await expect(verifyStored(Readable.from([changed]), file)).rejects.toThrow("other bytes")
  })
})
