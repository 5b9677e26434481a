import { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import { exactly } from "../exact-length"

describe("exactly", () => {
  it("lets the promised bytes through", async () => {
    expect(await text(Readable.from([Buffer.from("ab"), Buffer.from("c")]).pipe(exactly(3)))).toBe("abc")
  })

  it("keeps the last bytes back until the end is known, so that nobody has all of them before", async () => {
    const through = exactly(3)
    const passed: string[] = []
    through.on("data", (chunk: Buffer) => passed.push(chunk.toString()))
    for (const part of ["ab", "c"]) await new Promise((done) => through.write(Buffer.from(part), done))
    expect(passed).toEqual(["ab"])
    through.end()
    await new Promise((done) => through.on("end", done))
    expect(passed).toEqual(["ab", "c"])
  })

  it.each([
    ["shorter", 4, "the file has 3 bytes instead of 4"],
    ["longer", 2, "the file is longer than 2 bytes"],
  ])("breaks off a file that is %s, before its last byte", async (_, bytes, message) => {
    const through = Readable.from([Buffer.from("ab"), Buffer.from("c")]).pipe(exactly(bytes))
    await expect(text(through)).rejects.toThrow(message)
  })
})
