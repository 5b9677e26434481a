import { EntitySchema } from "typeorm"

export type CatalogRow = { id: string; name: string; business_id: string; currency: string; vertical: string; created_at: Date }

export const CatalogEntity = new EntitySchema<CatalogRow>({
  name: "catalog",
  tableName: "catalog",
  columns: {
    id: { type: "text", primary: true },
    name: { type: "text" },
    business_id: { type: "text" },
    currency: { type: "text" },
    vertical: { type: "text" },
    created_at: { type: "timestamptz" },
  },
})
