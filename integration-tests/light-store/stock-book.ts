import { CURRENCY, FIRST_PRICE, FIRST_STOCK, type LightShop, type LightVariant } from "./shop"

/** What Meta should hold for a variant. */
export type Pair = { quantity: number; availability: "in stock" | "out of stock" }

/** The plugin's fixed number for stock nobody counts. */
const UNCOUNTED = 100

/**
 * The store as a test knows it, kept beside the database: what it wants for a variant is worked out here from nothing the
 * plugin reads or computes.
 */
export class StockBook {
  private readonly stocked = new Map<string, number>()
  private readonly reserved = new Map<string, number>()
  private readonly prices = new Map<string, number>()
  private readonly withdrawn = new Set<string>()
  private threshold = 0

  constructor(private readonly shop: LightShop) {}

  setStock(inventoryItemId: string, locationId: string, quantity: number): void {
    this.stocked.set(`${inventoryItemId}/${locationId}`, quantity)
  }

  /** `quantity` may be negative, which gives back. */
  reserve(inventoryItemId: string, locationId: string, quantity: number): void {
    const key = `${inventoryItemId}/${locationId}`
    this.reserved.set(key, (this.reserved.get(key) ?? 0) + quantity)
  }

  offer(productId: string, isOffered: boolean): void {
    if (isOffered) {
      this.withdrawn.delete(productId)
    } else {
      this.withdrawn.add(productId)
    }
  }

  /** The stock rule of the catalogue: so many units of everything are kept back. */
  keepBack(threshold: number): void {
    this.threshold = threshold
  }

  setPrice(variantId: string, cents: number): void {
    this.prices.set(variantId, cents)
  }

  /** As Meta reads a price. */
  wantedPrice({ id }: LightVariant): string {
    return `${((this.prices.get(id) ?? FIRST_PRICE) / 100).toFixed(2)} ${CURRENCY.toUpperCase()}`
  }

  wanted(variant: LightVariant): Pair {
    const quantity = Math.max(0, this.sellable(variant))
    return { quantity, availability: quantity > 0 ? "in stock" : "out of stock" }
  }

  private sellable({ productId, needs }: LightVariant): number {
    if (this.withdrawn.has(productId)) {
      return 0
    }
    return needs.length === 0 ? UNCOUNTED : Math.min(...needs.map((need) => Math.floor(this.atHand(need.inventoryItemId) / need.quantity))) - this.threshold
  }

  private atHand(inventoryItemId: string): number {
    const keys = this.shop.locationIds.map((locationId) => `${inventoryItemId}/${locationId}`)
    return keys.reduce((sum, key) => sum + (this.stocked.get(key) ?? FIRST_STOCK) - (this.reserved.get(key) ?? 0), 0)
  }
}
