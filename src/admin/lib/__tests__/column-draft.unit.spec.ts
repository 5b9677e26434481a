import type { TFunction } from "i18next"
import type { AdminColumn } from "../../../api/admin/meta-catalog/column-types"
import type { ColumnSource } from "../../../catalog/columns/column-source"
import { DEFAULT_SOURCES } from "../../../catalog/columns/default-sources"
import { SOURCE_PATHS } from "../../../catalog/columns/source-paths"
import translations from "../../i18n"
import { changeColumn, columnErrors, columnLine, moveSource, newSource, sourceKinds } from "../column-draft"
import { builtInWords, columnWords, pathWords } from "../column-words"

const column = (change: Partial<AdminColumn>) => ({ field: "title", source: null, default_source: ["product.title"], values: null, ...change }) as AdminColumn
const type: ColumnSource = { from: "type" }
const tags: ColumnSource = { from: "tags" }
const constant: ColumnSource = { from: "constant", value: "x" }

describe("a draft of columns", () => {
  it("shows what is stored until something is changed, and counts a change back as none", () => {
    const stored = column({ source: [type] })
    const changed = changeColumn(new Map(), stored, [type, tags])
    expect(columnLine(stored, changed)).toMatchObject({ source: [type, tags], isChanged: true })
    expect(columnLine(stored, changeColumn(changed, stored, null))).toMatchObject({ source: null, isChanged: true })
    expect(changeColumn(changed, stored, [type]).size).toBe(0)
    expect(columnLine(stored, new Map())).toMatchObject({ source: [type], isChanged: false })
  })

  it("moves an alternative by one place and no further than the ends", () => {
    const sources = [type, tags, constant]
    expect(moveSource(sources, 2, -1)).toEqual([type, constant, tags])
    expect(moveSource(sources, 0, 1)).toEqual([tags, type, constant])
    expect(moveSource(sources, 0, -1)).toBe(sources)
    expect(moveSource(sources, 2, 1)).toBe(sources)
  })

  it("offers the built-in source only where there is one, and begins a constant with a word Meta knows", () => {
    expect(sourceKinds(column({}))).toContain("default")
    expect(sourceKinds(column({ default_source: [] }))).not.toContain("default")
    expect(newSource("constant", { values: ["new", "used"] })).toEqual({ from: "constant", value: "new" })
  })
})

it("finds the column and the place a refusal is about", () => {
  const draft = new Map([["size", [type, constant]], ["title", []]])
  const refusal = new Error("columns.title: Meta requires this column, so it needs a source; columns.size.1.value: must not be empty; columns.colour: is unknown")
  expect(columnErrors(refusal, draft)).toEqual({
    title: "Meta requires this column, so it needs a source",
    "size.1": "must not be empty; columns.colour: is unknown",
  })
  expect(columnErrors(new Error("no connection"), draft)).toEqual({ form: "no connection" })
})

describe("words for sources", () => {
  /** English texts, with the name of what is missing where there is none. */
  const t = ((key: string, places: Record<string, string> = {}) => {
    const text = key.split(".").reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], translations.en.translation)
    return typeof text === "string" ? text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => places[name]) : `MISSING ${key}`
  }) as TFunction

  it.each(Object.entries(DEFAULT_SOURCES))("are there for the built-in sources of %s", (_, places) => {
    for (const place of places) {
      const words = builtInWords(place, t)
      expect(words).not.toMatch(/MISSING|[({]/)
      expect(words).not.toBe(place)
    }
  })

  it("are there for every field of Medusa's", () => {
    expect(SOURCE_PATHS.map((path) => pathWords(path, t)).filter((words) => words.includes("MISSING"))).toEqual([])
    expect(pathWords("product.origin_country", t)).toBe("product: country of origin")
  })

  it("stand in the order the sources are asked", () => {
    expect(columnWords(null, ["option.Color", "metadata.color"], t)).toBe("option Color, else metadata color")
    const sources: ColumnSource[] = [{ from: "metadata", of: "variant", key: "colour" }, { from: "default" }, constant]
    expect(columnWords(sources, [], t)).toBe("the variant's metadata colour, else the built-in source, else always “x”")
  })
})
