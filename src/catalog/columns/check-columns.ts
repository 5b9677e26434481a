import { cellFormat } from "./cell-formats"
import { isSettable } from "./column-mapping"
import type { ColumnSource } from "./column-source"
import { defaultSources } from "./default-sources"
import { fieldOf } from "./field-table"
import type { Currency } from "../prices/price-text"
import { variesByVariant } from "./source-readers"

/**
 * What is wrong with sources that are to be set for a column, in words that begin with the place of what they are about, or null.
 *
 * @param sources null puts the built-in source back
 * @param currency the catalogue's
 */
export function columnProblem(name: string, sources: readonly ColumnSource[] | null, currency: Currency): string | null {
  const place = `columns.${name}`
  const field = fieldOf(name)
  if (!field) return `${place}: is no column that the plugin knows`
  if (!isSettable(name)) return `${place}: is filled in by the plugin and cannot be set`
  if (sources === null) return null
  if (sources.length === 0 && field.required) return `${place}: Meta requires this column, so it needs a source`
  for (const [index, source] of sources.entries()) {
    if (source.from === "default" && defaultSources(field.name).length === 0) return `${place}.${index}: the column has no built-in source`
    if (field.shared && variesByVariant(source)) {
      return `${place}.${index}: must be the same for all variants of a product, so it can only come from the product itself`
    }
    const problem = source.from === "constant" ? constantProblem(source.value) : null
    if (problem !== null) return `${place}.${index}.value: ${problem}`
  }
  return null

  function constantProblem(value: string): string | null {
    let problem: string | null = null
    const cell = cellFormat(field!, currency)(value, (kind, _, reason) => {
      problem ??= kind === "cut" ? `must have at most ${field!.maxLength} characters` : (reason ?? "cannot be used")
    })
    return problem ?? (cell === "" ? "says nothing" : null)
  }
}
