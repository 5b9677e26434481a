import type { AdminCategory, AdminGoogleCategory } from "../../api/admin/meta-catalog/category-types"

/** What a person has changed and not saved, by category; null takes the mapping away. */
export type CategoryDraft = ReadonlyMap<string, AdminGoogleCategory | null>

/** A category as it will be once the draft is saved. */
export type CategoryLine = Pick<AdminCategory, "own" | "inherited"> & { category: AdminCategory }

/** The categories with the draft applied: what is mapped in it counts for the categories below, too. Parents come before their children. */
export function applyDraft(categories: readonly AdminCategory[], draft: CategoryDraft): CategoryLine[] {
  const lines = new Map<string, CategoryLine>()
  for (const category of categories) {
    const drafted = draft.get(category.id)
    const own = drafted === undefined ? category.own : drafted
    const parent = category.parent_category_id === null ? undefined : lines.get(category.parent_category_id)
    const above = parent?.own ? { ...parent.own, from: parent.category.path } : (parent?.inherited ?? null)
    lines.set(category.id, { category, own, inherited: own ? null : above })
  }
  return [...lines.values()]
}

/** The draft with one change more; a change back to what is stored is no change. */
export function changeDraft(draft: CategoryDraft, category: AdminCategory, google: AdminGoogleCategory | null): CategoryDraft {
  const changed = new Map(draft)
  if (google?.id === category.own?.id) {
    changed.delete(category.id)
  } else {
    changed.set(category.id, google)
  }
  return changed
}

/** The suggestion that is worth showing: not for what is mapped, and not what the category has anyway. */
export function suggestionOf({ category, own, inherited }: CategoryLine): AdminGoogleCategory | null {
  return own || category.suggestion?.id === inherited?.id ? null : category.suggestion
}
