import { compare } from "./compare"
import type { Delays } from "./delays"
import { sumOf } from "./outcome"
import { COMPARED } from "./policies"
import type { World } from "./simulate-item"
import type { Trace } from "./trace"

/** What is shown for longer and shorter delays: policies of the tables. */
const SHOWN = ["everything", "latency 99 %", "threshold 5", "by velocity 1/2/8", "set apart 30 %"]

/** How many times as long as in the tables values take. */
const FACTORS = [0.1, 1, 10, 100]

/** Seconds until an order at Meta is booked. */
const ORDER_DELAYS = [0, 60, 600, 3_600]

/**
 * A table of units oversold over all traces: how much of it comes from what Meta hears late, and how much from what the store hears
 * late. Meta counts orders. Pure.
 */
export function sensitivityOf(traces: readonly Trace[], world: Omit<World, "netting">): string {
  const policies = COMPARED.filter(({ name }) => SHOWN.includes(name))
  const worlds = [
    ...FACTORS.map((factor) => ({ ...world, delays: longer(world.delays, factor) })),
    ...ORDER_DELAYS.map((orderDelay) => ({ ...world, orderDelay })),
  ]
  const columns = worlds.map((tried) => compare(traces, policies, tried, ["counter"]))
  const lines = policies.map(({ name }) => {
    const cells = columns.map((results) => sumOf(results.filter(({ policy }) => policy === name).map(({ outcome }) => outcome)).oversold)
    return `| ${[name, ...cells.map((cell) => cell.toLocaleString("en-GB"))].join(" | ")} |`
  })
  const heads = [
    ...FACTORS.map((factor) => `Meta hears ${named(factor)}`),
    ...ORDER_DELAYS.map((seconds) => `booked after ${seconds === 0 ? "0 s" : `${seconds / 60} min`}`),
  ]
  return [
    "### Units oversold by delay",
    "",
    "Everything above together, counter. Left: how late Meta hears, as a multiple of what it is above, orders being booked as there. Right: how late orders at Meta are booked, Meta hearing as above.",
    "",
    `| Policy | ${heads.join(" | ")} |`,
    `|---|${heads.map(() => "--:|").join("")}`,
    ...lines,
  ].join("\n")
}

function longer({ samples, p95 }: Delays, factor: number): Delays {
  return { samples: samples.map(({ wait, flight }) => ({ wait: wait * factor, flight: flight * factor })), p95: p95 * factor }
}

function named(factor: number): string {
  return factor === 1 ? "as above" : `× ${factor}`
}
