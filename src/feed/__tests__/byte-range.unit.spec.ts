import { Readable } from "node:stream"
import fc from "fast-check"
import { bytesOf, parseRange } from "../byte-range"

describe("parseRange, of 500 bytes", () => {
  it.each([
    ["bytes=0-499", { first: 0, last: 499 }],
    ["bytes=0-", { first: 0, last: 499 }],
    ["bytes=10-19", { first: 10, last: 19 }],
    ["bytes=499-499", { first: 499, last: 499 }],
    ["bytes=490-9999", { first: 490, last: 499 }],
    ["bytes=-1", { first: 499, last: 499 }],
    ["bytes=-500", { first: 0, last: 499 }],
    ["bytes=-9999", { first: 0, last: 499 }],
    ["Bytes = 1 - 2", { first: 1, last: 2 }],
    ["bytes=500-", "unsatisfiable"],
    ["bytes=500-600", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=20-10", "whole"],
    ["bytes=-", "whole"],
    ["bytes=", "whole"],
    ["bytes=a-b", "whole"],
    ["bytes=0x1-2", "whole"],
    ["bytes=1.5-2", "whole"],
    ["bytes=0-1,4-5", "whole"],
    ["items=0-1", "whole"],
    ["", "whole"],
    [undefined, "whole"],
  ])("%j", (header, expected) => expect(parseRange(header, 500)).toEqual(expected))

  it("finds nothing in an empty file", () => {
    expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable")
    expect(parseRange("bytes=-5", 0)).toBe("unsatisfiable")
  })
})

describe("bytesOf", () => {
  const read = async (source: AsyncIterable<Buffer>) => {
    const chunks: Buffer[] = []
    for await (const chunk of source) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  it("gives exactly the bytes, however the stream is cut into chunks, and refuses what it does not have", async () => {
    const chunked = fc.array(fc.uint8Array({ minLength: 0, maxLength: 20 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(chunked, fc.nat(150), fc.nat(150), async (parts, first, length) => {
        const chunks = parts.map((part) => Buffer.from(part))
        const all = Buffer.concat(chunks)
        const range = { first, last: first + length }
        const taken = read(bytesOf(Readable.from(chunks, { objectMode: false }), range))
        if (range.last >= all.length) await expect(taken).rejects.toThrow(`byte ${range.last} was asked for`)
        else expect((await taken).equals(all.subarray(first, range.last + 1))).toBe(true)
      })
    )
  })

  it("closes a stream it needs no more of", async () => {
    const endless = Readable.from((function* () { for (;;) yield Buffer.alloc(10) })(), { objectMode: false })
    expect((await read(bytesOf(endless, { first: 5, last: 24 }))).length).toBe(20)
    expect(endless.destroyed).toBe(true)
  })
})
