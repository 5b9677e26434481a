import { MedusaError } from "@medusajs/framework/utils"
import type { CatalogRow } from "../open-catalog"

/** Settings about orders at Meta. */
export type OrderSettings = { orders_mode?: "off" | "seller" | "platform"; orders_owner_id?: string | null; orders_key?: string; sells_on_meta?: boolean }

/**
 * Checks the settings about orders together with what is stored, and turns `sells_on_meta` on with them: a shop whose orders are netted sells at
 * Meta. Turning orders off does not turn it off, because a shop may sell at Meta whose orders nobody can read.
 *
 * @throws MedusaError whose message starts with the field it is about.
 */
export function checkOrderSettings(input: OrderSettings, stored: CatalogRow | null): { sells_on_meta?: boolean } {
  const mode = input.orders_mode ?? stored?.orders_mode ?? "off"
  if (mode === "off") {
    return {}
  }
  const ownerId = input.orders_owner_id === undefined ? stored?.orders_owner_id : input.orders_owner_id
  refuseUnless(ownerId, `orders_owner_id: the id of the shop or page whose orders are read is needed while orders_mode is ${mode}`)
  const isContradiction = input.sells_on_meta === false && input.orders_mode === undefined
  refuseUnless(!isContradiction, `sells_on_meta: it stays on while orders_mode is ${mode}`)
  return { sells_on_meta: true }
}

function refuseUnless(condition: unknown, message: string): asserts condition {
  if (!condition) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}
