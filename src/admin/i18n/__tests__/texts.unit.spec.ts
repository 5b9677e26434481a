import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import translations from "../index"

type Tree = { [key: string]: string | Tree }

const admin = join(__dirname, "..", "..")
const english = keysOf(translations.en.translation)

/** Every text with its dotted key; the plural endings of i18next are part of it. */
function keysOf(tree: Tree, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === "string" ? [[`${prefix}${key}`, value] as const] : [...keysOf(value, `${prefix}${key}.`)]
    )
  )
}

function sourceFiles(directory = admin): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) {
      return entry.name === "__tests__" ? [] : sourceFiles(path)
    }
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

/** Keys named in the source; `${…}` in a template stands for one part of a key. */
function usedKeys(): string[] {
  const source = sourceFiles().map((file) => readFileSync(file, "utf-8")).join("\n")
  return [...new Set([...source.matchAll(/["`](metaCatalog\.[\w.]*(?:\$\{[^}]+\}[\w.]*)*)["`]/g)].map((match) => match[1]))]
}

function pattern(key: string): RegExp {
  const parts = key.split(/\$\{[^}]+\}/).map((part) => part.replaceAll(".", "\\."))
  return new RegExp(`^${parts.join("[^.]+")}(_one|_other)?$`)
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()

/** Names of plural forms differ between languages; what is compared is the key below them. */
const base = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, "")

describe("texts of the admin", () => {
  it("has every key the source uses", () => {
    const used = usedKeys()
    expect(used.length).toBeGreaterThan(100)
    const missing = used.filter((key) => ![...english.keys()].some((known) => pattern(key).test(known)))
    // Comments name groups of texts.
    expect(missing.filter((key) => ![...english.keys()].some((known) => known.startsWith(`${key}.`)))).toEqual([])
  })

  it("uses every key it has", () => {
    const patterns = usedKeys().map(pattern)
    expect([...english.keys()].filter((key) => !patterns.some((used) => used.test(key)))).toEqual([])
  })

  it.each(Object.entries(translations))("is complete in %s, with the same places to fill in", (language, { translation }) => {
    const texts = keysOf(translation)
    expect([...new Set([...texts.keys()].map(base))].sort()).toEqual([...new Set([...english.keys()].map(base))].sort())
    for (const [key, text] of texts) {
      const original = english.get(key) ?? english.get(`${base(key)}_other`) ?? ""
      expect({ language, key, places: placeholders(text) }).toEqual({ language, key, places: placeholders(original) })
    }
  })

  it.each(Object.entries(translations))("has every plural form %s needs", (language, { translation }) => {
    const texts = keysOf(translation)
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const counted = [...english.keys()].filter((key) => key.endsWith("_other")).map(base)
    expect(counted.flatMap((key) => forms.filter((form) => !texts.has(`${key}_${form}`)).map((form) => `${key}_${form}`))).toEqual([])
  })
})
