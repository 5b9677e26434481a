import type { Cells, FeedFieldName } from "./field-table"
import { oneLine } from "./plain-text"
import type { OptionValue } from "./product-details"

/** Option titles that are Meta fields under another name, in lower case. */
const FIELD_OF_TITLE: Record<string, FeedFieldName> = {
  color: "color", colour: "color", farbe: "color", couleur: "color", kleur: "color",
  size: "size", "größe": "size", taille: "size", maat: "size",
  material: "material", materiaal: "material", "matière": "material",
  pattern: "pattern", muster: "pattern", motif: "pattern",
  gender: "gender", geschlecht: "gender",
  "age group": "age_group", age_group: "age_group",
}

/** What Medusa calls the option of a product that has none. */
const PLACEHOLDER_TITLE = "default option"

/** At most four pairs, as the one peer that sends them does (CONTRACT 7.5). */
const MOST_ATTRIBUTES = 4

/** Cells that a variant's options fill: known titles by field, all others as `Label:Value` pairs. */
export function optionCells(options: OptionValue[]): Cells {
  const cells: Cells = {}
  const pairs: string[] = []
  for (const { title, value } of options) {
    const name = oneLine(title).toLowerCase()
    const field = FIELD_OF_TITLE[name]
    if (field) cells[field] ??= oneLine(value)
    else if (name !== PLACEHOLDER_TITLE && pairs.length < MOST_ATTRIBUTES) pairs.push(`${part(title)}:${part(value)}`)
  }
  if (pairs.length > 0) cells.additional_variant_attribute = pairs.join(", ")
  return cells
}

/** Colon and comma separate the pairs and cannot be part of one. */
function part(text: string): string {
  return oneLine(text.replace(/[:,]/g, " "))
}
