import type { Stock } from "../src/catalog/stock/stock-facts"
import { bucketOf, type VelocityLimits } from "../src/catalog/stock/velocity"
import { NOT_OFFERED } from "../src/catalog/stock/stock-facts"
import { DAY, type ItemTrace } from "./trace"

/** The stock location both channels sell from, and the one that is set apart for Meta. */
export const SHARED = "shared"
export const SET_APART = "set apart"

/** A catalogue's limits and days as they are before anybody changes them. */
const LIMITS: VelocityLimits = { mediumFrom: 0.2, fastFrom: 2, hysteresisPercent: 20 }
const VELOCITY_DAYS = 28

/** One item in the store: what is free where, what its orders say of its sales, and what is known of orders at Meta. */
export class StoreStock {
  private shared: number
  private apart: number
  private pendingUnits = 0
  private drawnUnits = 0
  private soldByDay: number[] = [0]
  private unitsPerDay: number
  private bucket

  constructor(
    private readonly item: ItemTrace,
    private readonly setApartPercent: number,
    private readonly latencySeconds: number
  ) {
    this.apart = Math.floor((item.stock * setApartPercent) / 100)
    this.shared = item.stock - this.apart
    this.unitsPerDay = item.unitsPerDayBefore
    this.bucket = bucketOf(this.unitsPerDay, null, LIMITS)
  }

  /** Units that are not sold yet as far as the store knows. */
  get free(): number {
    return this.shared + this.apart
  }

  /** What the plugin would read of this item now. */
  facts(): Stock {
    return {
      ...NOT_OFFERED,
      isOffered: true,
      wasToldNumber: true,
      available: this.free,
      parts: [{ required: 1, free: { [SHARED]: this.shared, [SET_APART]: this.apart } }],
      pendingUnits: this.pendingUnits,
      drawnUnits: this.drawnUnits,
      unitsPerDay: this.unitsPerDay,
      velocityBucket: this.bucket,
      latencySeconds: this.latencySeconds,
    }
  }

  /** The store's own shop sells what it has of the wanted units, at once; returns how many. */
  sell(wanted: number): number {
    const sold = Math.min(wanted, this.shared)
    this.shared -= sold
    this.soldByDay[this.soldByDay.length - 1] += sold
    return sold
  }

  /** An order of Meta's becomes one of the store; returns how many of its units there are. */
  book(units: number, { wasKnown }: { wasKnown: boolean }): number {
    const booked = Math.min(units, this.setApartPercent > 0 ? this.apart : this.shared)
    if (this.setApartPercent > 0) {
      this.apart -= booked
    } else {
      this.shared -= booked
    }
    this.pendingUnits -= wasKnown ? units : 0
    this.drawnUnits += booked
    this.soldByDay[this.soldByDay.length - 1] += booked
    return booked
  }

  /** The store has read of an order at Meta that it has not booked yet. */
  learn(units: number): void {
    this.pendingUnits += units
  }

  /** Units arrive, or leave where there are that many; what is set apart gets its share, rounded down. */
  deliver(units: number): void {
    const apart = Math.trunc((units * this.setApartPercent) / 100)
    this.apart = Math.max(0, this.apart + apart)
    this.shared = Math.max(0, this.shared + units - apart)
  }

  /** A day is over: sales are measured anew, as the plugin does once a day, and a daily allocation is whole again. */
  endDay(): void {
    const days = this.soldByDay.slice(-VELOCITY_DAYS)
    const daysBefore = Math.min(this.item.knownDays, VELOCITY_DAYS - days.length)
    const units = days.reduce((sum, sold) => sum + sold, daysBefore * this.item.unitsPerDayBefore)
    this.unitsPerDay = units / (days.length + daysBefore)
    this.bucket = bucketOf(this.unitsPerDay, this.bucket, LIMITS)
    this.soldByDay.push(0)
    this.drawnUnits = 0
  }
}

/** The ends of days within so many seconds. */
export function endsOfDays(seconds: number): number[] {
  return Array.from({ length: Math.floor(seconds / DAY) }, (_, day) => (day + 1) * DAY)
}
