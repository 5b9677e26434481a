import { readFileSync } from "node:fs"
import { z } from "zod"
import { randomFrom } from "./random"

/** Seconds a value waits before the store reads its stock and sends it, and from there until Meta has acknowledged it. */
export type Delay = { wait: number; flight: number }

/** How long values take: each is one that was measured, drawn at random, so that both parts belong together. */
export type Delays = { samples: readonly Delay[]; p95: number }

const fileShape = z.object({
  measured_at: z.string(),
  how: z.string(),
  samples_ms: z.array(z.tuple([z.number().min(0), z.number().min(0)])).min(1),
})

/**
 * Reads measured delays as `npm run bench -- delays` prints them, `slower` times as long.
 *
 * @throws Error that names the file and the field which is not as it should be.
 */
export function readDelays(file: string, slower: number): Delays & { how: string; measuredAt: string } {
  const parsed = fileShape.safeParse(JSON.parse(readFileSync(file, "utf-8")))
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues
    throw new Error(`${file}: ${path.join(".") || "the whole"}: ${message}`)
  }
  const { samples_ms, how, measured_at } = parsed.data
  const samples = samples_ms.map(([wait, flight]) => ({ wait: (wait * slower) / 1_000, flight: (flight * slower) / 1_000 }))
  return { ...delaysOf(samples), how, measuredAt: measured_at }
}

/** These delays with their 95th percentile (nearest rank), as the plugin measures it. */
export function delaysOf(samples: readonly Delay[]): Delays {
  const totals = samples.map(({ wait, flight }) => wait + flight).sort((a, b) => a - b)
  return { samples, p95: totals[Math.ceil(0.95 * totals.length) - 1] }
}

/** The delays of one item's values, one after the other: the same for every policy, so that policies differ by nothing else. */
export function drawDelays({ samples }: Delays, { seed, sku }: { seed: number; sku: string }): () => Delay {
  const random = randomFrom(seed, "delay", sku)
  return () => samples[Math.floor(random() * samples.length)]
}
