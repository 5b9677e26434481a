import type { ItemValue } from "./items"

/** One entry of a call: an item, the groups of fields it was sent, and the mark that led to it. */
export type BatchEntry = ItemValue & { item_id: string; retailer_id: string; reason?: string | null; due_at?: Date }

/** A batch's entries as rows `v` of a statement. */
export const BATCH_VALUE = "v(item_id text, retailer_id text, quantity integer, availability text, price jsonb, reason text, due_at timestamptz)"
