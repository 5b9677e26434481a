import { oneLine } from "./plain-text"

/** Which value becomes Meta's id of a variant at first sight. */
export type RetailerIdScheme = "sku" | "variant_id"

/** Longest id Meta takes, in code points (catalog reference). */
export const LONGEST_RETAILER_ID = 100

/**
 * The retailer id a variant would get: its SKU, the variant id where the SKU is empty, or always the variant id. Line
 * breaks and control characters are no part of it, nor is white space around it. May be longer than Meta takes; see `isUsableRetailerId`.
 */
export function retailerId(variant: { id: string; sku: string | null }, scheme: RetailerIdScheme): string {
  return (scheme === "sku" && oneLine(variant.sku ?? "")) || variant.id
}

/** Whether Meta takes the id: at most 100 code points. */
export function isUsableRetailerId(id: string): boolean {
  return [...id].length <= LONGEST_RETAILER_ID
}
