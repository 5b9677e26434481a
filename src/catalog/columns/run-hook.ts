import { excerpt } from "./cell-text"
import { cellOf, EXTRA_COLUMNS, isStockField, PRODUCT_COLUMNS, VARIANT_COLUMNS, type FeedFieldName, type FeedRow } from "./field-table"
import type { HookLoss } from "../items/loss"
import type { MapItem, MapItemContext } from "../map-item-hook"

const SHOWN = [...VARIANT_COLUMNS, ...PRODUCT_COLUMNS, ...EXTRA_COLUMNS].filter((column) => !isStockField(column))

/** What a hook changed, by column, still in the hook's own form. */
export type HookChanges = [column: string, value: unknown][]

/**
 * Calls the store's own code for one row and answers with what it changed.
 *
 * @returns why it failed, for an error, a promise, or an answer that names no columns.
 */
export function runHook(map: MapItem, row: FeedRow, context: MapItemContext): HookChanges | HookLoss {
  const cells: Partial<Record<FeedFieldName, string>> = {}
  for (const column of SHOWN) {
    const cell = cellOf(row, column)
    if (cell !== "") cells[column] = cell
  }
  try {
    const answer: unknown = map(Object.freeze(cells), context)
    if (answer === null || answer === undefined) return []
    if (typeof answer !== "object" || Array.isArray(answer)) return failed(`it answered ${excerpt(answer)} where columns are expected`)
    if ("then" in answer) {
      // Nobody waits for it, so nobody else would hear of its failure.
      Promise.resolve(answer).catch(() => undefined)
      return failed("it answered with a promise, but has to answer at once")
    }
    return Object.entries(answer).filter(([column, value]) => !isSame(cells[column as FeedFieldName], value))
  } catch (error) {
    return hookFailure(error)
  }
}

/** What the store's own code threw, while it ran or while what it answered was read. */
export function hookFailure(error: unknown): HookLoss {
  return failed((error instanceof Error ? error.message : excerpt(error)) || "it threw what cannot be shown")
}

function isSame(cell: string | undefined, value: unknown): boolean {
  return value === undefined || (value === null || value === "" ? cell === undefined : value === cell)
}

function failed(reason: unknown): HookLoss {
  return { kind: "hook_failed", field: "mapItem", reason: excerpt(reason) }
}
