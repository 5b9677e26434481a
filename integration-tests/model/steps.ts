import fc from "fast-check"
import { Disorder, Pass, Trouble, Upload } from "./meta-steps"
import type { Step } from "./step"
import { Hear, KeepBack, Offer, Release, Reserve, SetPrice, SetStock } from "./store-steps"
import type { TaskName } from "./tasks"
import { DOUBTFUL_TROUBLES, TROUBLES, type TroubleName } from "./troubles"
import { Both, ChangeMeanwhile, Crash, GoOn, POINTS, Race, RACES, TakenForDead, TroubledPush, Work, type Point } from "./worker-steps"
import type { Death } from "./worker"

const place = fc.nat(1)
const quantity = fc.nat(9)
const cents = fc.constantFrom(1_000, 1_999, 2_000, 3_050)
const task = fc.constantFrom<TaskName>("push", "push", "push", "round", "round", "settle", "settle", "uploads", "sweep", "build", "upkeep")
const statements = fc.integer({ min: 1, max: 14 })
const point = fc.constantFrom(...(Object.keys(POINTS) as Point[]))
/** A task and a point it passes. */
const decisive = fc.constantFrom<[TaskName, Point]>(
  ["push", "claims"],
  ["push", "commits what it will send"],
  ["push", "commits what it will send"],
  ["push", "records the handle"],
  ["settle", "settles a batch"],
  ["uploads", "takes an upload in"]
)
const death = fc.oneof(
  fc.record({ at: fc.integer({ min: 1, max: 12 }), moment: fc.constantFrom<Death["moment"]>("before", "after", "request") }),
  fc.record({ at: point, moment: fc.constantFrom<"before" | "after">("before", "after") })
)

/** Any trouble; those in which Meta does something else than the plugin can know, as often as all others together. */
const trouble = fc.oneof(fc.constantFrom(...(Object.keys(TROUBLES) as TroubleName[])), fc.constantFrom(...DOUBTFUL_TROUBLES))

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Step> }

/** What happens in the store and at Meta, whoever works; `items` says how many of the store's things it touches. */
function aroundWorkers(items: number): Weighted[] {
  const index = fc.nat(items - 1)
  return [
    { weight: 9, arbitrary: fc.tuple(index, place, quantity, fc.boolean()).map((given) => new SetStock(...given)) },
    { weight: 2, arbitrary: fc.tuple(index, place, fc.integer({ min: 1, max: 4 })).map((given) => new Reserve(...given)) },
    { weight: 1, arbitrary: fc.constant(new Release()) },
    { weight: 2, arbitrary: fc.tuple(index, cents, fc.boolean()).map((given) => new SetPrice(...given)) },
    { weight: 1, arbitrary: fc.tuple(index, fc.boolean()).map((given) => new Offer(...given)) },
    { weight: 2, arbitrary: fc.nat(3).map((threshold) => new KeepBack(threshold)) },
    { weight: 5, arbitrary: fc.tuple(index, fc.boolean()).map((given) => new Hear(...given)) },
    { weight: 4, arbitrary: fc.tuple(trouble, fc.integer({ min: 1, max: 3 })).map((given) => new Trouble(...given)) },
    { weight: 1, arbitrary: fc.nat(9).map((seed) => new Disorder(seed)) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom<"schedule" | "request" | "person">("schedule", "request", "person"), fc.nat(2)).map((given) => new Upload(...given)) },
  ]
}

/** What the workers of this process do, and how long it takes. */
const byWorkers: Weighted[] = [
  { weight: 7, arbitrary: fc.tuple(place, task).map(([at, what]) => new Work(at, what, null)) },
  { weight: 4, arbitrary: fc.tuple(place, task, fc.oneof(statements, point)).map((given) => new Work(...given)) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(place, decisive, fc.record({ item: fc.nat(5), location: place, quantities: fc.tuple(quantity, quantity) }))
      .map(([at, [what, where], change]) => new ChangeMeanwhile({ place: at, task: what, point: where }, change)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.record({ place, point: fc.constantFrom<Point>("claims", "commits what it will send", "records the handle") }),
        fc.record({ item: fc.nat(5), location: place, quantities: fc.tuple(quantity, quantity) })
      )
      .map((given) => new TakenForDead(...given)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.record({ place, trouble, times: fc.integer({ min: 1, max: 3 }) }), fc.record({ item: fc.nat(5), location: place, quantity }))
      .map((given) => new TroubledPush(...given)),
  },
  { weight: 3, arbitrary: fc.tuple(place, statements).map((given) => new GoOn(...given)) },
  { weight: 2, arbitrary: fc.tuple(task, task).map((tasks) => new Both(tasks)) },
  { weight: 3, arbitrary: fc.constantFrom<keyof typeof RACES>("push", "push", "settle", "uploads", "upkeep").map((what) => new Race(what)) },
  { weight: 3, arbitrary: fc.tuple(place, task, death).map((given) => new Crash(...given)) },
  { weight: 5, arbitrary: fc.constantFrom(500, 2_000, 45_000, 3 * 60_000, 11 * 60_000, 90 * 60_000).map((ms) => new Pass(ms)) },
]

/** Any step, the ordinary ones more often. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(...aroundWorkers(6), ...byWorkers)

/** Any step of a schedule whose workers are processes of their own. */
export const anyStepAroundWorkers: fc.Arbitrary<Step> = fc.oneof(...aroundWorkers(6), {
  weight: 1,
  arbitrary: fc.constantFrom(2_000, 45_000, 3 * 60_000).map((ms) => new Pass(ms)),
})

/** The load of a long run over so many items: mostly trade, seldom trouble. */
export function anyLoad(items: number): fc.Arbitrary<Step> {
  const index = fc.nat(items - 1)
  const trade = fc.oneof(
    fc.tuple(index, place, quantity, fc.boolean()).map((given) => new SetStock(...given)),
    fc.tuple(index, place, fc.integer({ min: 1, max: 4 })).map((given) => new Reserve(...given)),
    fc.constant(new Release()),
    fc.tuple(index, cents, fc.boolean()).map((given) => new SetPrice(...given)),
    fc.tuple(index, fc.boolean()).map((given) => new Hear(...given)),
    fc.tuple(index, fc.constant(false)).map((given) => new Hear(...given))
  )
  return fc.oneof({ weight: 200, arbitrary: trade }, { weight: 1, arbitrary: fc.oneof(...aroundWorkers(items)) })
}
