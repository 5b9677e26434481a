import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readDelays } from "../delays"
import { DEFAULTS, readOptions } from "../options"

test("without a word the options are those of the documentation", () => {
  expect(readOptions([])).toEqual(DEFAULTS)
})

test("every option is taken", () => {
  const given = "--seed 4 --delays d.json --slower 0.5 --order-delay 0 --read-orders-every 30 --orders o.csv --meta-share 25 --out there"
  expect(readOptions(given.split(" "))).toEqual({
    seed: 4,
    delays: "d.json",
    slower: 0.5,
    orderDelay: 0,
    readOrdersEvery: 30,
    orders: "o.csv",
    metaShare: 25,
    out: "there",
    writesDocs: false,
  })
})

test("the documentation is written on request", () => {
  expect(readOptions(["--docs"])).toEqual({ ...DEFAULTS, writesDocs: true })
})

test.each([
  [["--slower=-1"], /--slower: must be a number of at least 0, not "-1"/],
  [["--seed", ""], /--seed: must be a number/],
  [["--order-delay", "soon"], /--order-delay: must be a number of at least 0, not "soon"/],
  [["--meta-share", "101"], /--meta-share: must be a number from 0 to 100, not "101"/],
  [["--docs", "--seed", "2"], /--docs: writes what the defaults give, so no other option goes with it/],
])("%j is refused by name", (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})

describe("measured delays", () => {
  const folder = mkdtempSync(join(tmpdir(), "delays-"))
  const file = join(folder, "delays.json")
  afterAll(() => rmSync(folder, { recursive: true }))

  test("are as long as the factor says, each with both its parts", () => {
    writeFileSync(file, JSON.stringify({ measured_at: "2026-11-22", how: "by hand", samples_ms: [[100, 200], [1_000, 2_000]] }))
    const { samples, p95 } = readDelays(file, 10)
    expect(samples).toEqual([
      { wait: 1, flight: 2 },
      { wait: 10, flight: 20 },
    ])
    expect(p95).toBe(30)
  })

  test.each([
    [{ measured_at: "x", how: "y", samples_ms: [] }, /delays.json: samples_ms: /],
    [{ measured_at: "x", how: "y", samples_ms: [[1, -2]] }, /delays.json: samples_ms.0.1: /],
    [{ how: "y", samples_ms: [[1, 2]] }, /delays.json: measured_at: /],
  ])("that are not such a file name the field: %j", (content, message) => {
    writeFileSync(file, JSON.stringify(content))
    expect(() => readDelays(file, 1)).toThrow(message)
  })
})
