import type { ColumnSource } from "../../../catalog/columns/column-source"
import type { FieldGroup, FieldKind } from "../../../catalog/columns/field-kinds"
import type { ColumnsPreview } from "../../../workflows/columns/preview-columns"

export type { ColumnsPreview as AdminColumnsPreview }

/** One of Meta's columns, and what fills it in a catalogue. */
export type AdminColumn = {
  /** Meta's name. */
  field: string
  group: FieldGroup
  kind: FieldKind["is"]
  required: boolean
  /** Longest value in code points. */
  max_length: number | null
  /** Words the column may have, where they are fixed. */
  values: readonly string[] | null
  /** Numbers it may have. */
  range: { lowest: number; highest: number; whole: boolean } | null
  /** Named parts of a value that is a JSON object. */
  parts: readonly string[] | null
  /** False where the plugin alone fills it. */
  settable: boolean
  /** All variants of a product have to have the same value. */
  same_for_variants: boolean
  /** The built-in sources in order, as places of a template; empty for a column that is in a file only where it is set. */
  default_source: readonly string[]
  /** What a person has set; null where the built-in source stands. */
  source: readonly ColumnSource[] | null
  /** The value of the example item, as it would be written now; "" for none. */
  value: string
  /** The same by the built-in source alone. */
  default_value: string
}

/** Names a store uses that a source can point to. */
export type AdminSourceNames = { paths: readonly string[]; options: string[]; metadata: { product: string[]; variant: string[] } }

export type AdminColumns = {
  columns: AdminColumn[]
  /** The item whose values are shown; null where nothing is offered. */
  example: { product_id: string; variant_id: string; title: string; variant_title: string } | null
  names: AdminSourceNames
  /** The plugin option `mapItem`, where the store has one; `unknown_columns` are those it names that cannot be set. */
  map_item: { columns: string[]; unknown_columns: string[] } | null
}
