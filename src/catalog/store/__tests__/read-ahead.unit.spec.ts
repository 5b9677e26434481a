import { readAhead } from "../read-ahead"

describe("readAhead", () => {
  it("yields every page in order and never reads two at once", async () => {
    let reading = 0
    let next = 0
    const read = async () => {
      reading += 1
      expect(reading).toBe(1)
      await new Promise(setImmediate)
      reading -= 1
      return next < 5 ? next++ : null
    }
    const pages: number[] = []
    for await (const page of readAhead(read, 3)) pages.push(page)
    expect(pages).toEqual([0, 1, 2, 3, 4])
  })

  it("reads on while a page is worked on, up to its depth", async () => {
    let started = 0
    const pages = readAhead(async () => ++started, 2)
    await pages.next()
    await new Promise(setImmediate)
    expect(started).toBe(2)
    await pages.return(undefined)
  })

  it("hands a failure to the consumer at its turn", async () => {
    let reads = 0
    const pages = readAhead(async () => {
      if (++reads === 2) throw new Error("gone")
      return reads
    }, 3)
    expect(await pages.next()).toEqual({ done: false, value: 1 })
    await expect(pages.next()).rejects.toThrow("gone")
  })
})
