import { PassThrough, Readable, Writable } from "node:stream"
import { setImmediate } from "node:timers/promises"
import { sendExactly } from "../exact-length"

/** Takes chunks slowly and remembers them. */
class Slow extends Writable {
  readonly chunks: Buffer[] = []
  constructor() {
    super({ highWaterMark: 4 })
  }
  override async _write(chunk: Buffer, _encoding: string, done: () => void) {
    await setImmediate()
    this.chunks.push(chunk)
    done()
  }
  get text() {
    return Buffer.concat(this.chunks).toString()
  }
}

const from = (...parts: string[]) => Readable.from(parts.map((part) => Buffer.from(part)), { objectMode: false })

describe("sendExactly", () => {
  it.each([[["one"]], [["one", "two", "three"]], [Array.from({ length: 100 }, (_, index) => `part ${index};`)]])("sends %j", async (parts) => {
    const target = new Slow()
    const text = parts.join("")
    await sendExactly(from(...parts), target, Buffer.byteLength(text))
    expect(target.text).toBe(text)
    expect(target.writableFinished).toBe(true)
  })

  it("sends an empty file", async () => {
    const target = new Slow()
    await sendExactly(from(), target, 0)
    expect([target.text, target.writableFinished]).toEqual(["", true])
  })

  it.each([
    ["is too short", from("one", "two"), 7, "6 bytes instead of 7"],
    ["is too long", from("one", "two"), 5, "longer than 5"],
    ["is too long by a whole chunk", from("one", "two"), 3, "longer than 3"],
    ["fails", Readable.from((async function* () { yield Buffer.from("one"); throw new Error("the disk is gone") })(), { objectMode: false }), 3, "the disk is gone"],
  ])("never ends the target when the file %s", async (_, source, bytes, message) => {
    const target = new Slow()
    await expect(sendExactly(source, target, bytes)).rejects.toThrow(message)
    expect([target.writableEnded, source.destroyed]).toEqual([false, true])
    await setImmediate()
    expect(target.text.length).toBeLessThan(Math.min(bytes, 6))
  })

  it("keeps the last bytes back until the end is known, so that nobody has all of them before", async () => {
    const source = new PassThrough()
    const target = new Slow()
    const sent = sendExactly(source, target, 6)
    for (const part of ["one", "two"]) await new Promise((done) => source.write(Buffer.from(part), done))
    await setImmediate()
    await setImmediate()
    expect(target.text).toBe("one")
    source.end()
    await sent
    expect(target.text).toBe("onetwo")
  })

  it("stops at a source that is destroyed without an error", async () => {
    const source = new PassThrough()
    const target = new Slow()
    const sent = sendExactly(source, target, 6)
    source.write("one")
    await setImmediate()
    source.destroy()
    await expect(sent).rejects.toThrow(/premature/i)
    expect(target.writableEnded).toBe(false)
  })

  it("stops reading when the client has left", async () => {
    let read = 0
    const endless = new Readable({ highWaterMark: 10, read() { read += 1; this.push(Buffer.alloc(10)) } })
    const target = new Slow()
    const sent = sendExactly(endless, target, 1e9)
    await setImmediate()
    target.destroy()
    await expect(sent).rejects.toThrow(/premature/i)
    expect(endless.destroyed).toBe(true)
    // It has been held back by the slow client.
    expect(read).toBeLessThan(100)
  })
})
