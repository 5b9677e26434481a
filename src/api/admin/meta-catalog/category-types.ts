/** A category of Google's product taxonomy: id, and path in English from the root. */
export type AdminGoogleCategory = { id: string; path: string }

/** A category of the store, and what it is at Google in one catalogue. */
export type AdminCategory = {
  id: string
  parent_category_id: string | null
  name: string
  /** Names from the root, its own last. */
  path: string[]
  /** It and all above it are shown to shoppers. */
  is_public: boolean
  /** Products that are in this very category. */
  product_count: number
  /** What a merchant has mapped it to. */
  own: AdminGoogleCategory | null
  /** What it has from the nearest category above it that is mapped; `from` is that category's path. */
  inherited: (AdminGoogleCategory & { from: string[] }) | null
  /** A guess by its names, where it has no mapping of its own. */
  suggestion: AdminGoogleCategory | null
}

/** The store's categories, each before those below it. */
export type AdminCategories = { categories: AdminCategory[] }
