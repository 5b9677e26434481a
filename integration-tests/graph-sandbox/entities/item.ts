import { EntitySchema } from "typeorm"

/** Who wrote an item last. */
export type ItemWriter = "feed" | "batch" | "node" | "control" | "order"

/**
 * One item of a catalogue. `fields` holds its values under the names of the feed columns and is the only thing written;
 * title, availability, quantity, visibility and price are computed from it by PostgreSQL, so they cannot disagree with it.
 */
export type ItemRow = {
  id: string
  catalog_id: string
  retailer_id: string
  feed_id: string | null
  fields: Record<string, unknown>
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
    title: { type: "text", nullable: true, asExpression: "fields->>'title'", ...derived },
    availability: { type: "text", nullable: true, asExpression: "fields->>'availability'", ...derived },
    quantity_to_sell_on_facebook: {
      type: "int",
      nullable: true,
      asExpression: "(fields->>'quantity_to_sell_on_facebook')::int",
      ...derived,
    },
    visibility: { type: "text", nullable: true, asExpression: "coalesce(fields->>'visibility', 'published')", ...derived },
    price: { type: "text", nullable: true, asExpression: "fields->>'price'", ...derived },
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
