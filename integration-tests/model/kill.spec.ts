import { setTimeout as sleep } from "node:timers/promises"
import fc from "fast-check"
import { Children } from "./children"
import { Ground } from "./ground"
import { letComeToRest, pushRefused } from "./rest"
import { Schedule } from "./schedule"
import type { Step } from "./step"
import { anyStepAroundWorkers } from "./steps"
import { differences, sentTwice } from "./verdict"

const { DB_HOST = "localhost", DB_PORT = "5432", DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
const { KILL_RUNS = "20", MODEL_SEED = String(Date.now() % 2_147_483_647), MODEL_PATH } = process.env

const VARIANTS = 6
const WORKERS = 2
const BETWEEN_STEPS_MS = 20

jest.setTimeout(20 * 60_000)

/** A schedule with the death of one worker process after the nth step. */
type Deadly = { steps: Step[]; victim: number; after: number; pushesPrices: boolean }

describe("worker processes that are killed", () => {
  let ground: Ground
  let children: Children

  beforeAll(async () => {
    ground = await Ground.open(`postgres://${DB_USERNAME}:${DB_PASSWORD}@${DB_HOST}:${DB_PORT}/postgres`, { name: "kill", variants: VARIANTS })
    children = await Children.start(ground.place, WORKERS)
  })

  afterAll(async () => {
    await children?.stop()
    await ground?.close()
  })

  it("lose nothing and send nothing twice at a time", async () => {
    console.info(`MODEL_SEED=${MODEL_SEED} KILL_RUNS=${KILL_RUNS}`)
    const started = Date.now()
    const deadly = fc.record({
      steps: fc.array(anyStepAroundWorkers, { minLength: 20, maxLength: 50, size: "max" }),
      victim: fc.nat(WORKERS - 1),
      after: fc.nat(40),
      pushesPrices: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(deadly, async (schedule) => {
        await follow(schedule).catch((error: Error) => {
          throw new Error(`${error.message}\n${children.logs()}`, { cause: error })
        })
      }),
      // Real processes never fail twice in the same way, so there is nothing to shrink.
      { numRuns: Number(KILL_RUNS), seed: Number(MODEL_SEED), ...(MODEL_PATH ? { path: MODEL_PATH } : {}), endOnFailure: true }
    )
    console.info(`${children.kills} kills in ${Math.round((Date.now() - started) / 1_000)} s`)
    expect(children.kills).toBeGreaterThanOrEqual(MODEL_PATH ? 1 : Number(KILL_RUNS))
  })

  async function follow({ steps, victim, after, pushesPrices }: Deadly): Promise<void> {
    const schedule = await Schedule.begin(ground, { hasFile: true, pushesPrices })
    // Calls take their time, so that some processes die between a call and its end.
    await ground.sandbox.control.setSettings({ batch_delay_ms: [20, 400] })
    let replaced: Promise<void> | undefined
    for (const [index, step] of steps.entries()) {
      await step.run(schedule)
      await sleep(BETWEEN_STEPS_MS)
      if (index === Math.min(after, steps.length - 1)) {
        replaced = children.replace(victim)
      }
    }
    await replaced
    await letComeToRest(schedule)
    expect(await differences(schedule, { refused: false })).toEqual([])
    await pushRefused(schedule, letComeToRest)
    expect(await differences(schedule, { refused: true })).toEqual([])
    expect(await sentTwice(schedule)).toEqual([])
  }
})
