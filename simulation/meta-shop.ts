/**
 * What an order at Meta does to the quantity buyers see; the sandbox's two words. `counter`: Meta subtracts unconfirmed orders from
 * the quantity to sell, confirmed ones for a grace of half an hour (seed 3). `decrement`: an order lowers the quantity, and
 * the next value the store sends overwrites it (seed 0).
 */
export type Netting = "counter" | "decrement"

/** One item as buyers at Meta find it. */
export class MetaShop {
  /** Units of orders in Meta's counter. */
  private counted = 0

  constructor(
    private readonly netting: Netting,
    private quantity: number
  ) {}

  /** Meta takes in a value of the store. */
  hear(quantity: number): void {
    this.quantity = quantity
  }

  /** Sells as many of the wanted units as buyers see; returns how many. */
  sell(wanted: number): number {
    const sold = Math.min(wanted, Math.max(0, this.quantity - this.counted))
    if (this.netting === "counter") {
      this.counted += sold
    } else {
      this.quantity -= sold
    }
    return sold
  }

  /** The grace of confirmed units is over. */
  release(units: number): void {
    if (this.netting === "counter") {
      this.counted -= units
    }
  }

  /** The store cancels units it does not have, and says not to put them on sale again. */
  cancel(units: number): void {
    if (this.netting === "counter") {
      this.counted -= units
      this.quantity = Math.max(0, this.quantity - units)
    }
  }
}
