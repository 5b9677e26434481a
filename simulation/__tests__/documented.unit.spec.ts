import { readFileSync } from "node:fs"
import { DOCUMENT, documented, PLOT } from "../documented"
import { DEFAULTS } from "../options"
import { run } from "../run"

const result = run(DEFAULTS)

test("the tables of the documentation are what a run gives (npm run simulate -- --docs writes them)", () => {
  const text = readFileSync(DOCUMENT, "utf-8")
  expect(documented(text, result.markdown)).toBe(text)
})

test("so is its plot", () => {
  expect(readFileSync(PLOT, "utf-8")).toBe(result.svg)
})

test("a document without the marks is refused rather than left as it is", () => {
  expect(() => documented("# Simulation\n", result.markdown)).toThrow(/has no line/)
})
