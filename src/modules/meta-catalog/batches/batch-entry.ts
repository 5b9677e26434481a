import type { ItemValue } from "../items/items"

/** One entry of a call: an item, the groups of fields it was sent, and the mark that led to it. */
export type BatchEntry = ItemValue & { item_id: string; retailer_id: string; reason?: string | null; due_at?: Date }

/**
 * A batch's entries as rows `v` of a statement. Their items are found by `item_id`; that an item is still the batch's is asked with `is not
 * distinct from`, which no index answers: a plan that begins with the batch's items would compare each with each.
 */
export const BATCH_VALUE = "v(item_id text, retailer_id text, quantity integer, availability text, price jsonb, reason text, due_at timestamptz)"
