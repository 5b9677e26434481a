import fc from "fast-check"
import { Ground } from "./ground"
import { comeToRest, pushRefused } from "./rest"
import { Schedule } from "./schedule"
import type { Step } from "./step"
import { anyStep } from "./steps"
import { hearEverything } from "./store-steps"
import { differences, sentTwice } from "./verdict"

const { DB_HOST = "localhost", DB_PORT = "5432", DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
const { MODEL_RUNS = "500", MODEL_SEED = String(Date.now() % 2_147_483_647), MODEL_PATH } = process.env

const VARIANTS = 6

jest.setTimeout(30 * 60_000)

describe("the push", () => {
  let ground: Ground

  beforeAll(async () => {
    ground = await Ground.open(`postgres://${DB_USERNAME}:${DB_PASSWORD}@${DB_HOST}:${DB_PORT}/postgres`, { name: "model", variants: VARIANTS })
  })

  afterAll(() => ground?.close())

  it("gives Meta exactly what the store wants, whatever breaks on the way", async () => {
    console.info(`MODEL_SEED=${MODEL_SEED} MODEL_RUNS=${MODEL_RUNS}`)
    const started = Date.now()
    let schedules = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 30, size: "max" }), fc.boolean(), fc.boolean(), async (steps, isEverythingHeard, pushesPrices) => {
        schedules += 1
        await follow(steps, { isEverythingHeard, pushesPrices }).catch(async (error: unknown) => {
          await ground.killWorkers()
          throw error
        })
      }),
      {
        numRuns: Number(MODEL_RUNS),
        seed: Number(MODEL_SEED),
        ...(MODEL_PATH ? { path: MODEL_PATH } : {}),
        // A schedule that hangs is a counterexample as well.
        timeout: 120_000,
        // Shrinking runs schedules, too; what it has found by then is short enough to read.
        interruptAfterTimeLimit: 25 * 60_000,
        markInterruptAsFailure: true,
      }
    )
    console.info(`${schedules} schedules in ${Math.round((Date.now() - started) / 1_000)} s`)
  })

  async function follow(steps: Step[], { isEverythingHeard, pushesPrices }: { isEverythingHeard: boolean; pushesPrices: boolean }): Promise<void> {
    const schedule = await Schedule.begin(ground, { hasFile: steps.some((step) => step.needsFile), pushesPrices })
    for (const step of steps) {
      await step.run(schedule)
    }
    if (isEverythingHeard) {
      await hearEverything(schedule)
    }
    // A store that tells of every change needs neither a sweep nor a build to be right; a rule that was saved needs its sweep.
    const isRightByEvents = isEverythingHeard && !schedule.isPolicyChanged
    await comeToRest(schedule, async () => void (isRightByEvents && expect(await differences(schedule, { refused: false, unverified: false })).toEqual([])))
    expect(await differences(schedule, { refused: false })).toEqual([])
    await pushRefused(schedule)
    expect(await differences(schedule, { refused: true })).toEqual([])
    expect(await sentTwice(schedule)).toEqual([])
    const workers = [await schedule.worker(0), await schedule.worker(1)]
    expect(workers.flatMap(({ errors }) => errors.splice(0).map((error) => (error instanceof Error ? error.stack : error)))).toEqual([])
  }
})
