import { randomFrom, secondsUntilNext, type Random } from "./random"
import { DAY, type Delivery, type Demand, type ItemTrace, type Trace } from "./trace"

const HOUR = 3_600

/** Days of orders before a trace begins, as many as a catalogue looks back. */
const KNOWN_DAYS = 28

/** The made traces, in the order of the documentation. The same for the same seed. */
export function makeTraces(seed: number): Trace[] {
  return [steady(seed), flashSale(seed), restock(seed)]
}

/** Two weeks of even trade: an item sells 0.1 to 20 units a day, a third at Meta; stock lasts 5 to 15 days, and half comes again after a week. */
function steady(seed: number): Trace {
  const seconds = 14 * DAY
  const items = itemsOf("steady", { seed, count: 200 }, (random) => {
    const perDay = 0.1 * 200 ** random()
    const stock = Math.ceil(perDay * (5 + 10 * random()))
    const demands = arrivals(random, { seconds, metaShare: 1 / 3, perDay: () => perDay, most: perDay })
    return { stock, unitsPerDayBefore: perDay, demands, deliveries: [{ at: 7 * DAY + HOUR * 8, units: Math.ceil(stock / 2) }] }
  })
  return { name: "steady", what: "two weeks of even trade, 200 items, one delivery", seconds, items }
}

/**
 * A day with a sale that begins at noon: 2,000 to 10,000 units a day are wanted of an item at once, half as many every 20 minutes later,
 * until no more than usual are. The store knows of 1 to 10 units a day.
 */
function flashSale(seed: number): Trace {
  const seconds = DAY
  const items = itemsOf("flash", { seed, count: 40 }, (random) => {
    const usual = 1 + 9 * random()
    const most = 2_000 + 8_000 * random()
    const perDay = (at: number) => (at < 12 * HOUR ? usual : Math.max(usual, most * 0.5 ** ((at - 12 * HOUR) / (20 * 60))))
    const stock = 20 + Math.floor(130 * random())
    return { stock, unitsPerDayBefore: usual, demands: arrivals(random, { seconds, metaShare: 1 / 2, perDay, most }), deliveries: [] }
  })
  return { name: "flash sale", what: "one day, 40 items, a sale from noon on that sells them out", seconds, items }
}

/**
 * Two weeks of items people wait for: 3 to 12 units come every day or two, and within the hour after that 60 to 300 units a day are
 * wanted, else 2 to 6.
 */
function restock(seed: number): Trace {
  const seconds = 14 * DAY
  const items = itemsOf("restock", { seed, count: 100 }, (random) => {
    const usual = 2 + 4 * random()
    const most = 60 + 240 * random()
    const deliveries: Delivery[] = []
    for (let at = HOUR * (6 + 24 * random()); at < seconds; at += DAY * (1 + random())) {
      deliveries.push({ at, units: 3 + Math.floor(10 * random()) })
    }
    const perDay = (at: number) => (deliveries.some((delivery) => at >= delivery.at && at < delivery.at + HOUR) ? most : usual)
    return { stock: 0, unitsPerDayBefore: usual, demands: arrivals(random, { seconds, metaShare: 0.4, perDay, most }), deliveries }
  })
  return { name: "restock", what: "two weeks, 100 items that come in small numbers and are waited for", seconds, items }
}

type Drawn = Omit<ItemTrace, "sku" | "knownDays">

function itemsOf(name: string, { seed, count }: { seed: number; count: number }, draw: (random: Random) => Drawn): ItemTrace[] {
  return Array.from({ length: count }, (_, index) => {
    const sku = `${name}-${index + 1}`
    return { sku, knownDays: KNOWN_DAYS, ...draw(randomFrom(seed, "trace", sku)) }
  })
}

type Pace = { seconds: number; metaShare: number; perDay: (at: number) => number; most: number }

/** Buyers who come independently of each other at a rate that changes (thinning). One in five wants two units, one in twenty three. */
function arrivals(random: Random, { seconds, metaShare, perDay, most }: Pace): Demand[] {
  const demands: Demand[] = []
  for (let at = secondsUntilNext(random, most); at < seconds; at += secondsUntilNext(random, most)) {
    const [isThere, channel, size] = [random() * most < perDay(at), random() < metaShare ? "meta" : "web", random()] as const
    if (isThere) {
      demands.push({ at, channel, units: size < 0.05 ? 3 : size < 0.25 ? 2 : 1 })
    }
  }
  return demands
}
