import type { AdminColumn } from "../../api/admin/meta-catalog/column-types"
import type { ColumnSource } from "../../catalog/columns/column-source"
import { fieldMessages, type FieldMessages } from "./api-error"

/** What a person has changed and not saved, by column; null is the built-in source, an empty list an empty column. */
export type ColumnDraft = ReadonlyMap<string, readonly ColumnSource[] | null>

/** A column as it will be once the draft is saved. */
export type ColumnLine = { column: AdminColumn; source: AdminColumn["source"]; isChanged: boolean }

/** The most alternatives the API takes. */
export const mostSources = 10

/** Pure. */
export function columnLine(column: AdminColumn, draft: ColumnDraft): ColumnLine {
  const drafted = draft.get(column.field)
  return { column, source: drafted === undefined ? column.source : drafted, isChanged: drafted !== undefined }
}

/** The draft with one change more; a change back to what is stored is no change. Pure. */
export function changeColumn(draft: ColumnDraft, column: AdminColumn, source: AdminColumn["source"]): ColumnDraft {
  const changed = new Map(draft)
  if (JSON.stringify(source) === JSON.stringify(column.source)) {
    changed.delete(column.field)
  } else {
    changed.set(column.field, source)
  }
  return changed
}

/** The list with one alternative moved by one place; the list itself where it cannot move. Pure. */
export function moveSource(sources: readonly ColumnSource[], from: number, by: -1 | 1): readonly ColumnSource[] {
  const to = from + by
  if (to < 0 || to >= sources.length) {
    return sources
  }
  return sources.map((source, place) => (place === from ? sources[to] : place === to ? sources[from] : source))
}

/** A new alternative of a kind, with whatever it needs still to be filled in. Pure. */
export function newSource(from: ColumnSource["from"], column: Pick<AdminColumn, "values">): ColumnSource {
  switch (from) {
    case "field":
      return { from, path: "product.title" }
    case "option":
      return { from, title: "" }
    case "metadata":
      return { from, of: "either", key: "" }
    case "template":
      return { from, text: "" }
    case "constant":
      return { from, value: column.values?.[0] ?? "" }
    default:
      return { from }
  }
}

/** The kinds a column can have as a source: the built-in one only where there is one. Pure. */
export function sourceKinds(column: Pick<AdminColumn, "default_source">): ColumnSource["from"][] {
  const all = ["field", "option", "metadata", "type", "category", "collection", "tags", "template", "constant"] as const
  return [...(column.default_source.length > 0 ? (["default"] as const) : []), ...all]
}

const sourceParts = ["from", "path", "title", "of", "key", "text", "value"]

/** What the API says about a draft, by column, and by column and place (`title.0`); the rest is under `form`. Pure. */
export function columnErrors(error: unknown, draft: ColumnDraft): FieldMessages {
  const places = [...draft].flatMap(([field, sources]) => [field, ...(sources ?? []).map((_, index) => `${field}.${index}`)])
  const names = places.flatMap((place) => [place, ...sourceParts.map((part) => `${place}.${part}`)]).map((name) => `columns.${name}`)
  const { form, ...messages } = fieldMessages(error, names)
  const found = Object.entries(messages).map(([name, message]) => {
    const [, field, index] = name.split(".")
    return [index === undefined ? field : `${field}.${index}`, message] as const
  })
  return { ...(form && { form }), ...Object.fromEntries(found) }
}
