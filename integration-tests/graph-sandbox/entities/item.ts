import { EntitySchema } from "typeorm"

/** Who wrote an item last. */
export type ItemWriter = "feed" | "batch" | "node" | "control" | "order"

export const OVERRIDE_TYPES = ["country", "language", "language_and_country"] as const
export type OverrideType = (typeof OVERRIDE_TYPES)[number]

/** Values that stand in an item's place for one country, language or pair of both, and the feed they came from. */
export type ItemOverride = { feed_id: string; values: Record<string, unknown> }

export type ItemOverrides = Partial<Record<OverrideType, Record<string, ItemOverride>>>

/**
 * One item of a catalogue. `fields` holds its values under the names of the feed columns, `supplement` those that a supplementary
 * feed puts over them; nothing else is written, and title, availability, quantity, visibility and price are computed from both by
 * PostgreSQL, so they cannot disagree. `overrides` is what people in one country or of one language see instead.
 */
export type ItemRow = {
  id: string
  catalog_id: string
  retailer_id: string
  feed_id: string | null
  fields: Record<string, unknown>
  supplement: Record<string, unknown>
  overrides: ItemOverrides
  title: string | null
  availability: string | null
  quantity_to_sell_on_facebook: number | null
  visibility: string
  price: string | null
  created_at: Date
  updated_at: Date
  updated_by: ItemWriter
}

const derived = { generatedType: "STORED", insert: false, update: false } as const

export const ItemEntity = new EntitySchema<ItemRow>({
  name: "item",
  tableName: "item",
  columns: {
    id: { type: "text", primary: true },
    catalog_id: { type: "text" },
    retailer_id: { type: "text" },
    feed_id: { type: "text", nullable: true },
    fields: { type: "jsonb" },
    supplement: { type: "jsonb", default: {} },
    overrides: { type: "jsonb", default: {} },
    title: { type: "text", nullable: true, asExpression: "(fields || supplement)->>'title'", ...derived },
    availability: { type: "text", nullable: true, asExpression: "(fields || supplement)->>'availability'", ...derived },
    quantity_to_sell_on_facebook: {
      type: "int",
      nullable: true,
      asExpression: "((fields || supplement)->>'quantity_to_sell_on_facebook')::int",
      ...derived,
    },
    visibility: { type: "text", nullable: true, asExpression: "coalesce((fields || supplement)->>'visibility', 'published')", ...derived },
    price: { type: "text", nullable: true, asExpression: "(fields || supplement)->>'price'", ...derived },
    created_at: { type: "timestamptz" },
    updated_at: { type: "timestamptz" },
    updated_by: { type: "text" },
  },
  uniques: [{ name: "item_retailer_id", columns: ["catalog_id", "retailer_id"] }],
  indices: [
    { name: "item_feed", columns: ["feed_id"] },
    { name: "item_page", columns: ["catalog_id", "id"], unique: true },
  ],
})

/** What an item shows where nothing is overridden: its own values, and over them those of a supplementary feed. */
export function shownFields({ fields, supplement }: Pick<ItemRow, "fields" | "supplement">): Record<string, unknown> {
  return { ...fields, ...supplement }
}
