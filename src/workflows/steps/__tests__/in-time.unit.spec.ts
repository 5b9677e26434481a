import { setTimeout as sleep } from "node:timers/promises"
import { eachInTime, inTime } from "../in-time"

async function* pages(waits: number[]): AsyncGenerator<number> {
  for (const wait of waits) {
    await (wait === Infinity ? new Promise(() => undefined) : sleep(wait))
    yield wait
  }
}

async function read(waits: number[]): Promise<number[]> {
  const read: number[] = []
  for await (const page of eachInTime(pages(waits), 300, "No answer")) read.push(page)
  return read
}

describe("reading within a limit", () => {
  it("hands on every page, however long all of them take together", async () => expect(await read([0, 120, 1, 121, 122])).toEqual([0, 120, 1, 121, 122]))

  it("ends at a page that never comes, and does not wait for its reader to end", async () => {
    await expect(read([1, Infinity, 2])).rejects.toThrow("No answer (given up after 0.005 minutes).")
  })

  it("tells of the work's own failure", async () => {
    await expect(inTime(Promise.reject(new Error("its own")), 300, "No answer")).rejects.toThrow("its own")
  })
})
