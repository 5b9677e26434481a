import type { FeedFieldName } from "../columns/field-table"

/**
 * Something the store has that could not go into the row as it is:
 * `cut` it was too long, `invalid` it was left out, `replaced` something else stands in for it, `absent` the store has none. `reason` says
 * what the value would have to be, in words that follow the column's name.
 */
export type FieldLoss = { kind: "cut" | "invalid" | "replaced" | "absent"; field: FeedFieldName; value?: string; reason?: string }

/** The store's own code for rows has failed for this item, or has answered with something that was left out. */
export type HookLoss = { kind: "hook_failed" | "hook_refused"; field: string; reason: string }

export type Loss = FieldLoss | HookLoss

export function isHookLoss(loss: Loss): loss is HookLoss {
  return loss.kind === "hook_failed" || loss.kind === "hook_refused"
}
