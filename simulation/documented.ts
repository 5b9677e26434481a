import { join } from "node:path"

const docs = join(__dirname, "..", "docs")

/** Where the results of the default run are written down. */
export const DOCUMENT = join(docs, "simulation.md")
export const PLOT = join(docs, "images", "simulation.svg")

const [BEGIN, END] = ["<!-- tables: npm run simulate -- --docs -->", "<!-- end of tables -->"]

/**
 * The document with these tables in the place of those it has. Pure.
 *
 * @throws Error where the lines around the tables are missing.
 */
export function documented(text: string, tables: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) {
    throw new Error(`${DOCUMENT} has no line "${BEGIN}" with "${END}" after it`)
  }
  return `${text.slice(0, begin + BEGIN.length)}\n\n${tables}\n\n${text.slice(end)}`
}
