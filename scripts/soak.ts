import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import fc from "fast-check"
import { Children } from "../integration-tests/model/children"
import { Ground } from "../integration-tests/model/ground"
import { letComeToRest, pushRefused } from "../integration-tests/model/rest"
import { Schedule } from "../integration-tests/model/schedule"
import { anyLoad } from "../integration-tests/model/steps"
import { differences, sentTwice } from "../integration-tests/model/verdict"
import { randomFrom } from "../integration-tests/store/random"
import { startPostgres } from "./embedded-postgres"
import { isStopping, onStop, stopAll } from "./stop-in-order"

const VARIANTS = 120
const WORKERS = 3
/** The last one lives from beginning to end, so that its memory can be seen to stay flat. */
const SURVIVOR = WORKERS - 1
const BETWEEN_CHANGES_MS = 10
/** The store's and Meta's time runs this much faster, so that leases and doubts end within the run. */
const CLOCK_RATE = 20
const STEPS_AT_ONCE = 1_000
/** Growth of the survivor's memory from the middle third of the run to the last that still counts as flat. */
const FLAT_PERCENT = 15

/** Resident memory of all workers, in bytes, once a second. */
type Memory = { peak: number; survivor: number[] }

/**
 * `npm run soak -- --minutes 5 [--seed 1]`: random stock changes and trouble at Meta on a light store with three worker processes, one
 * of which is killed every few seconds. Ends with everything at rest and prints one JSON line: `differences` between what the
 * store wants and what Meta holds, `kills`, `changes` made, and `peak_rss_mb` of the largest worker process.
 * Ends with 1 unless there is no difference, nothing was sent twice at a time, and memory stayed flat.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { minutes: { type: "string", default: "5" }, seed: { type: "string", default: String(Date.now() % 1_000_000) } } })
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
  if (!(minutes > 0) || !Number.isInteger(seed)) {
    throw new Error("--minutes must be a number above 0 and --seed a whole number")
  }
  const postgres = await startPostgres({ name: "soak" })
  onStop(() => postgres.stop())
  const ground = await Ground.open(postgres.url("postgres"), { name: "soak", variants: VARIANTS })
  onStop(() => ground.close())
  const children = await Children.start(ground.place, WORKERS)
  onStop(() => children.stop())
  console.error(`seed ${seed}: ${VARIANTS} items, ${WORKERS} worker processes, ${minutes} minutes`)
  const schedule = await Schedule.begin(ground, { hasFile: true, pushesPrices: true })
  await ground.sandbox.control.setSettings({ batch_delay_ms: [50, 1_500] })
  const end = Date.now() + minutes * 60_000
  const [changes, memory] = await Promise.all([trade(schedule, { seed, end }), watchMemory(children, end), killWorkers(children, { seed, end }), hurry(schedule, end)])
  console.error("the trouble ends; everything comes to rest")
  const verdict = await judge(schedule)
  const [peak_rss_mb, rss_growth_percent] = [Math.round(memory.peak / 1e6), growth(memory.survivor)]
  const figures = { differences: verdict.differences.length, kills: children.kills, changes, peak_rss_mb, rss_growth_percent, sent_twice: verdict.twice.length, seed, minutes }
  for (const found of [...verdict.differences, ...verdict.twice]) {
    console.error(found)
  }
  await stopAll()
  console.log(JSON.stringify(figures))
  return verdict.differences.length === 0 && verdict.twice.length === 0 && rss_growth_percent <= FLAT_PERCENT ? 0 : 1
}

/** Random changes, most of which an event tells of. Returns how many there were. */
async function trade(schedule: Schedule, { seed, end }: { seed: number; end: number }): Promise<number> {
  let changes = 0
  for (let part = 0; Date.now() < end && !isStopping(); part += 1) {
    for (const step of fc.sample(anyLoad(VARIANTS), { numRuns: STEPS_AT_ONCE, seed: seed + part })) {
      if (Date.now() >= end || isStopping()) {
        break
      }
      await step.run(schedule)
      changes += 1
      await sleep(BETWEEN_CHANGES_MS)
    }
  }
  return changes
}

/** Kills a worker every two to five seconds, as soon as its successor can take its place. */
async function killWorkers(children: Children, { seed, end }: { seed: number; end: number }): Promise<void> {
  const random = randomFrom(seed)
  while (Date.now() < end && !isStopping()) {
    await sleep(2_000 + random() * 3_000)
    await children.replace(Math.floor(random() * SURVIVOR))
  }
}

async function hurry(schedule: Schedule, end: number): Promise<void> {
  while (Date.now() < end && !isStopping()) {
    await sleep(1_000)
    await schedule.advance((CLOCK_RATE - 1) * 1_000)
  }
}

async function watchMemory(children: Children, end: number): Promise<Memory> {
  const memory: Memory = { peak: 0, survivor: [] }
  while (Date.now() < end && !isStopping()) {
    await sleep(1_000)
    const now = children.memory()
    memory.peak = Math.max(memory.peak, ...now)
    memory.survivor.push(now[SURVIVOR])
  }
  return memory
}

async function judge(schedule: Schedule): Promise<{ differences: string[]; twice: string[] }> {
  await letComeToRest(schedule)
  const unforgiven = await differences(schedule, { refused: false })
  await pushRefused(schedule, letComeToRest)
  return { differences: [...unforgiven, ...(await differences(schedule, { refused: true }))], twice: await sentTwice(schedule) }
}

/** Percent by which the mean of the last third is above that of the middle third. */
function growth(samples: number[]): number {
  const third = Math.floor(samples.length / 3)
  const mean = (part: number[]) => part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length)
  return Math.round((mean(samples.slice(-third)) / mean(samples.slice(-2 * third, -third)) - 1) * 100)
}

main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    await stopAll()
    process.exit(1)
  }
)
