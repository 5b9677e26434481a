import { EntitySchema } from "typeorm"

export type TokenState = "valid" | "expired" | "revoked"

/** A token is kept as its SHA-256 only; its text is in no row. */
export type TokenRow = {
  token_hash: string
  user_id: string
  catalog_ids: string[]
  permissions: string[]
  app_secret: string | null
  require_proof: boolean
  admin: boolean
  state: TokenState
}

export const TokenEntity = new EntitySchema<TokenRow>({
  name: "token",
  tableName: "token",
  columns: {
    token_hash: { type: "text", primary: true },
    user_id: { type: "text" },
    catalog_ids: { type: "text", array: true },
    permissions: { type: "text", array: true },
    app_secret: { type: "text", nullable: true },
    require_proof: { type: "boolean" },
    admin: { type: "boolean" },
    state: { type: "text" },
  },
})
