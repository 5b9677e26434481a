import type { FeedFieldName } from "./field-table"

/**
 * Something the store has that could not go into the row as it is:
 * `cut` it was too long, `invalid` it was left out, `replaced` something else stands in for it, `absent` the store has none.
 */
export type Loss = { kind: "cut" | "invalid" | "replaced" | "absent"; field: FeedFieldName; value?: string }
