import { z } from "@medusajs/framework/zod"
import { SOURCE_PATHS, templatePlaces } from "./source-paths"

/**
 * Where the value of a column comes from. `default` is what the plugin fills the column with by itself; `either` asks the variant before
 * the product; a template with a missing value has no value.
 */
const columnSource = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("default") }),
  z.strictObject({ from: z.literal("field"), path: z.enum(SOURCE_PATHS, { error: () => `must be one of ${SOURCE_PATHS.join(", ")}` }) }),
  z.strictObject({ from: z.literal("option"), title: text(200) }),
  z.strictObject({ from: z.literal("metadata"), of: z.enum(["variant", "product", "either"]).default("either"), key: text(200) }),
  z.strictObject({ from: z.literal("type") }),
  z.strictObject({ from: z.literal("category") }),
  z.strictObject({ from: z.literal("collection") }),
  z.strictObject({ from: z.literal("tags") }),
  z.strictObject({ from: z.literal("template"), text: text(5_000).superRefine(checkPlaces) }),
  z.strictObject({ from: z.literal("constant"), value: text(10_000) }),
])

export type ColumnSource = z.output<typeof columnSource>

const MOST_SOURCES = 10

/** The sources of one column in order: the first that gives a value counts. None at all empties the column. */
export const columnSources = z.array(columnSource).max(MOST_SOURCES, `must have at most ${MOST_SOURCES} sources`)

/** Sources by column; a column without an entry has its built-in source. */
export type ColumnSettings = ReadonlyMap<string, readonly ColumnSource[]>

function text(longest: number) {
  return z.string("must be text").trim().min(1, "must not be empty").max(longest, `must have at most ${longest} characters`)
}

function checkPlaces(template: string, context: z.RefinementCtx): void {
  for (const { name, isKnown } of templatePlaces(template)) {
    if (!isKnown) context.addIssue({ code: "custom", message: `does not know {${name}}; places are such as {product.title}, {variant.sku}, {option.Colour} and {metadata.key}` })
  }
}
