import type { VariantCells } from "../columns/field-table"
import type { Loss } from "../items/loss"
import { priceText, toUnits, type Currency } from "./price-text"
import type { PriceSource } from "./prices"

/** The three cells that say what an item costs; "" where there is nothing to say. */
export type PriceCells = Pick<VariantCells, "price" | "sale_price" | "sale_price_effective_date">

const NO_PRICE_CELLS: PriceCells = { price: "", sale_price: "", sale_price_effective_date: "" }

/**
 * A price as Meta reads it, in the feed and in items_batch alike (CONTRACT 3.6). All cells are empty when the variant has no
 * price, or none Meta would take; what did not fit is added to `losses`. Pure.
 */
export function priceCells({ amount, saleAmount, saleStartsAt, saleEndsAt }: PriceSource, currency: Currency, losses: Loss[]): PriceCells {
  if (amount === null) return NO_PRICE_CELLS
  const units = toUnits(amount, currency)
  if (units <= 0n) {
    losses.push({ kind: "invalid", field: "price", value: amount })
    return NO_PRICE_CELLS
  }
  const price = priceText(units, currency)
  const saleUnits = saleAmount === null ? units : toUnits(saleAmount, currency)
  if (saleUnits <= 0n) losses.push({ kind: "invalid", field: "sale_price", value: saleAmount! })
  // A sale price that is not lower is no sale; Meta would refuse it.
  if (saleUnits <= 0n || saleUnits >= units) return { price, sale_price: "", sale_price_effective_date: "" }
  return { price, sale_price: priceText(saleUnits, currency), sale_price_effective_date: period(saleStartsAt, saleEndsAt) }
}

/** `start/end` with minutes and offset. A sale without an end needs no dates: it is already running. */
function period(startsAt: Date | null, endsAt: Date | null): string {
  return startsAt && endsAt ? `${moment(startsAt)}/${moment(endsAt)}` : ""
}

function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16)}+00:00`
}
