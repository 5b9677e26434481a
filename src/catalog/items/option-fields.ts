import { oneLine } from "./plain-text"
import type { OptionValue } from "../store/variant-options"

/** What a variant's options say, by Meta field; empty where they say nothing. */
export type OptionCells = {
  color: string
  size: string
  material: string
  pattern: string
  gender: string
  age_group: string
  /** All other options as `Label:Value` pairs. */
  additional_variant_attribute: string
}

type NamedField = Exclude<keyof OptionCells, "additional_variant_attribute">

/** Option titles that are Meta fields under another name, in lower case. */
const FIELD_OF_TITLE = new Map<string, NamedField>([
  ...(["color", "colour", "farbe", "couleur", "kleur"] as const).map((title) => [title, "color"] as const),
  ...(["size", "größe", "taille", "maat"] as const).map((title) => [title, "size"] as const),
  ...(["material", "materiaal", "matière"] as const).map((title) => [title, "material"] as const),
  ...(["pattern", "muster", "motif"] as const).map((title) => [title, "pattern"] as const),
  ...(["gender", "geschlecht"] as const).map((title) => [title, "gender"] as const),
  ...(["age group", "age_group"] as const).map((title) => [title, "age_group"] as const),
])

/** What Medusa calls the option of a product that has none. */
const PLACEHOLDER_TITLE = "default option"

/** At most four pairs, as the one peer that sends them does (CONTRACT 7.5). */
const MOST_ATTRIBUTES = 4

/** Whether an option's title says that its value is a field of Meta's, such as `Farbe`. */
export function namesField(title: string): boolean {
  const name = oneLine(title).toLowerCase()
  return FIELD_OF_TITLE.has(name) || name === PLACEHOLDER_TITLE
}

const sorted = new WeakMap<readonly OptionValue[], Readonly<OptionCells>>()

/** Sorts a variant's options into Meta's fields, once for all variants with the same array. The first option of a kind counts. */
export function optionCells(options: readonly OptionValue[]): Readonly<OptionCells> {
  const known = sorted.get(options)
  if (known) return known
  const cells = sortOptions(options)
  sorted.set(options, cells)
  return cells
}

function sortOptions(options: readonly OptionValue[]): OptionCells {
  const cells: OptionCells = { color: "", size: "", material: "", pattern: "", gender: "", age_group: "", additional_variant_attribute: "" }
  let pairs = 0
  for (const { title, value } of options) {
    const name = oneLine(title).toLowerCase()
    const field = FIELD_OF_TITLE.get(name)
    if (field) {
      cells[field] ||= oneLine(value)
    } else if (name !== PLACEHOLDER_TITLE && pairs < MOST_ATTRIBUTES) {
      cells.additional_variant_attribute += `${pairs > 0 ? ", " : ""}${part(title)}:${part(value)}`
      pairs += 1
    }
  }
  return cells
}

/** Colon and comma separate the pairs and cannot be part of one. */
function part(text: string): string {
  return oneLine(text.replace(/[:,]/g, " "))
}
