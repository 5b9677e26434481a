import { quantityToSell } from "../src/catalog/stock/quantity-to-sell"
import { drawDelays, type Delays } from "./delays"
import { EventQueue } from "./event-queue"
import { MetaShop, type Netting } from "./meta-shop"
import { noOutcome, type Outcome } from "./outcome"
import type { ComparedPolicy } from "./policies"
import { endsOfDays, StoreStock } from "./store-stock"
import type { ItemTrace } from "./trace"

/** Everything that is not the policy: the same for all that are compared. Times in seconds. */
export type World = {
  seed: number
  delays: Delays
  netting: Netting
  /** From an order at Meta until the store has booked it. */
  orderDelay: number
  /** Where orders are read: how often. 0: at once. */
  readOrdersEvery: number
  /** How long a confirmed order stays in Meta's counter. */
  grace: number
}

/** Consequences come before what else happens at that moment, so that without delays nobody sees an old value. */
const CONSEQUENCE = 0
const STORE = 1
const BUYER = 2

type MetaOrder = { units: number; isBooked: boolean; isKnown: boolean }

/** One item's trade under one policy. */
class ItemSimulation {
  private readonly queue = new EventQueue<() => void>()
  private readonly store: StoreStock
  private readonly shop: MetaShop
  private readonly nextDelay
  private readonly outcome = noOutcome()
  private now = 0
  private unbooked = 0
  /** The value Meta acknowledged last. */
  private acknowledged: number
  /** Whether a value is about to be sent or in flight. */
  private isUnderWay = false
  /** Whether the stock changed while a value was in flight. */
  private isDue = false

  constructor(
    private readonly item: ItemTrace,
    private readonly tried: ComparedPolicy,
    private readonly world: World
  ) {
    this.store = new StoreStock(item, tried.setApartPercent, world.delays.p95)
    this.nextDelay = drawDelays(world.delays, { seed: world.seed, sku: item.sku })
    this.acknowledged = this.wanted()
    this.shop = new MetaShop(world.netting, this.acknowledged)
  }

  run(seconds: number): Outcome {
    for (const at of endsOfDays(seconds)) {
      this.queue.add(at, STORE, () => this.endDay())
    }
    for (const { at, units } of this.item.deliveries) {
      this.queue.add(at, STORE, () => this.deliver(units))
    }
    for (const { at, channel, units } of this.item.demands) {
      this.queue.add(at, BUYER, () => (channel === "web" ? this.sellInShop(units) : this.sellAtMeta(units)))
    }
    for (let at = this.tried.uploadEvery; at !== null && at <= seconds; at += this.tried.uploadEvery ?? seconds) {
      this.queue.add(at, STORE, () => this.upload())
    }
    for (let event = this.queue.next(); event; event = this.queue.next()) {
      this.now = event.at
      event.what()
    }
    return this.outcome
  }

  private sellInShop(wanted: number): void {
    const sold = this.store.sell(wanted)
    this.outcome.demand += wanted
    this.outcome.sold += sold
    this.refuse(wanted - sold)
    if (sold > 0) {
      this.stockChanged()
    }
  }

  private sellAtMeta(wanted: number): void {
    const units = this.shop.sell(wanted)
    this.outcome.demand += wanted
    this.unbooked += units
    this.refuse(wanted - units)
    if (units === 0) {
      return
    }
    const order: MetaOrder = { units, isBooked: false, isKnown: false }
    if (this.tried.netsOrders) {
      const every = this.world.readOrdersEvery
      this.after(every === 0 ? 0 : Math.ceil(this.now / every) * every - this.now, () => this.learn(order))
    }
    this.after(this.world.orderDelay, () => this.book(order))
  }

  /** Units nobody gets: lost where they were there, for nobody had bought them. */
  private refuse(units: number): void {
    const lost = Math.min(units, Math.max(0, this.store.free - this.unbooked))
    this.outcome.lost += lost
    this.outcome.refused += units - lost
  }

  private learn(order: MetaOrder): void {
    if (!order.isBooked) {
      order.isKnown = true
      this.store.learn(order.units)
      this.stockChanged()
    }
  }

  private book(order: MetaOrder): void {
    order.isBooked = true
    const booked = this.store.book(order.units, { wasKnown: order.isKnown })
    const short = order.units - booked
    this.unbooked -= order.units
    this.outcome.sold += booked
    this.outcome.soldAtMeta += booked
    this.outcome.oversold += short
    this.outcome.cancelledOrders += short > 0 ? 1 : 0
    this.shop.cancel(short)
    this.after(this.world.grace, () => this.shop.release(booked))
    this.stockChanged()
  }

  private deliver(units: number): void {
    this.store.deliver(units)
    this.stockChanged()
  }

  private endDay(): void {
    this.store.endDay()
    this.stockChanged()
  }

  /** A file is made now and overwrites, whatever Meta holds. */
  private upload(): void {
    const value = this.wanted()
    this.after(this.nextDelay().flight, () => this.shop.hear(value))
  }

  /** As the push does it: one value in flight, what changes meanwhile waits, and the stock is read when it is sent. */
  private stockChanged(): void {
    if (this.tried.uploadEvery !== null) {
      return
    }
    if (this.isUnderWay) {
      this.isDue = true
      return
    }
    this.isUnderWay = true
    const { wait, flight } = this.nextDelay()
    this.after(wait, () => this.send(flight))
  }

  private send(flight: number): void {
    this.isDue = false
    const value = this.wanted()
    if (value === this.acknowledged) {
      this.isUnderWay = false
      return
    }
    this.after(flight, () => this.acknowledge(value))
  }

  private acknowledge(value: number): void {
    this.shop.hear(value)
    this.acknowledged = value
    this.isUnderWay = false
    if (this.isDue) {
      this.stockChanged()
    }
  }

  private wanted(): number {
    return quantityToSell(this.store.facts(), this.tried.policy).quantity ?? 0
  }

  private after(seconds: number, what: () => void): void {
    this.queue.add(this.now + seconds, CONSEQUENCE, what)
  }
}

/** Trades one item through its trace under a policy. Pure: the same for the same trace, policy and world. */
export function simulateItem(item: ItemTrace, { seconds, tried, world }: { seconds: number; tried: ComparedPolicy; world: World }): Outcome {
  return new ItemSimulation(item, tried, world).run(seconds)
}
