import type { ProductSource } from "../store/product-details"
import type { VariantSource } from "../store/product-sources"

/**
 * Closes what is handed to the store's own code against changes: other rows, catalogues and later builds read the same objects. What a
 * build itself goes on writing to, a variant's item, stays open.
 */
export function closeSources(variant: VariantSource, product: ProductSource): void {
  close(variant.metadata)
  close(variant.options)
  close(variant.price)
  Object.freeze(variant)
  close(product)
}

/** Freezes an object with all that is in it; one that is frozen has been here before. */
function close(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) close(part)
}
