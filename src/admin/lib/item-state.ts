import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"
import type { AdminItemState, AdminProductItem } from "../../api/admin/meta-catalog/item-types"
import type { StateColor } from "./feed-state"

/** The states of an item in the order they are shown. */
export const itemStates = ["in_step", "in_flight", "waiting", "rejected", "not_in_feed"] as const satisfies readonly AdminItemState[]

/** One colour per state, the same on the settings page and on the product page. */
export const itemStateColor: Record<AdminItemState, StateColor> = {
  in_step: "green",
  in_flight: "blue",
  waiting: "orange",
  rejected: "red",
  not_in_feed: "grey",
}

/** The word for a state; what is not in the feed yet is not in the catalogue yet where there is no feed to wait for. */
export function itemStateWord(state: AdminItemState, transport: AdminCatalog["transport"] | undefined): AdminItemState | "not_in_catalog" {
  return state === "not_in_feed" && transport === "item_node" ? "not_in_catalog" : state
}

/**
 * Items a person should see first: rejected ones, then those with errors, then those seen on their way (`moved` holds their
 * variant ids), then those with warnings, then the order given.
 */
export function byAttention(items: readonly AdminProductItem[], moved: ReadonlySet<string>): AdminProductItem[] {
  return [...items].sort((a, b) => attention(a, moved) - attention(b, moved))
}

function attention(item: AdminProductItem, moved: ReadonlySet<string>): number {
  if (item.state === "rejected") {
    return 0
  }
  if (item.issues.some((issue) => issue.severity === "error")) {
    return 1
  }
  if (moved.has(item.variant_id)) {
    return 2
  }
  return item.issues.length > 0 ? 3 : 4
}
