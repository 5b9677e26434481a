import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { DOCUMENT, documented, PLOT } from "./documented"
import { readOptions } from "./options"
import { run } from "./run"

/**
 * `npm run simulate`: tries stock policies on made traces, or with `--orders` on a store's own, and writes what each oversold and
 * lost as a table and a plot. `docs/simulation.md` has the options.
 */
function main(): void {
  const options = readOptions(process.argv.slice(2))
  const { markdown, csv, svg, p95, how, measuredAt } = run(options)
  mkdirSync(options.out, { recursive: true })
  const written = { "table.md": `${markdown}\n`, "table.csv": csv, "plot.svg": svg }
  for (const [name, text] of Object.entries(written)) {
    writeFileSync(join(options.out, name), text)
  }
  if (options.writesDocs) {
    writeFileSync(DOCUMENT, documented(readFileSync(DOCUMENT, "utf-8"), markdown))
    writeFileSync(PLOT, svg)
  }
  console.log(markdown)
  console.log(`\nSeed ${options.seed}. Delays measured ${measuredAt} (${how}), ${options.slower} times as long: 95 of 100 within ${p95.toFixed(1)} s.`)
  console.log(`Orders at Meta are booked after ${options.orderDelay} s; where they are read, every ${options.readOrdersEvery} s.`)
  console.log(`Written to ${relative(process.cwd(), options.out) || "."}: ${Object.keys(written).join(", ")}`)
}

try {
  main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
