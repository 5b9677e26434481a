import fc from "fast-check"
import { ITEM_EVENTS } from "../../src/workflows/event-reach"
import type { Ground } from "./ground"
import type { Hint, Schedule } from "./schedule"
import { TASKS, type TaskName } from "./tasks"
import { DOUBTFUL_TROUBLES, faultsOf, TROUBLES, type TroubleName } from "./troubles"
import type { Death } from "./worker"

/** One step of a schedule. `toString` is what a counterexample shows. */
export abstract class Step {
  abstract run(schedule: Schedule): Promise<void>
  abstract toString(): string

  /** Whether it is about feed files. */
  get needsFile(): boolean {
    return false
  }
}

/** Picks from a list by any number, so that a step means something in every shop and shrinks towards the first entry. */
function pick<Entry>(entries: readonly Entry[], index: number): Entry {
  return entries[index % entries.length]
}

class SetStock extends Step {
  constructor(private readonly item: number, private readonly location: number, private readonly quantity: number, private readonly isHeard: boolean) {
    super()
  }

  async run({ ground, book, hints }: Schedule): Promise<void> {
    const [itemId, locationId] = [pick(ground.shop.inventoryItemIds, this.item), pick(ground.shop.locationIds, this.location)]
    book.setStock(itemId, locationId, this.quantity)
    await ground.database.sql.query("update inventory_level set stocked_quantity = $3 where inventory_item_id = $1 and location_id = $2", [itemId, locationId, this.quantity])
    const hint = { event: "inventory.inventory-level.updated", id: `ilev_${itemId}${locationId}` }
    if (this.isHeard) {
      await hear(ground, hint)
    } else {
      hints.push(hint)
    }
  }

  toString(): string {
    return `stock of item ${this.item} at location ${this.location} = ${this.quantity}${this.isHeard ? ", heard at once" : ""}`
  }
}

class Reserve extends Step {
  constructor(private readonly item: number, private readonly location: number, private readonly quantity: number) {
    super()
  }

  async run({ ground, book, hints }: Schedule): Promise<void> {
    const [itemId, locationId] = [pick(ground.shop.inventoryItemIds, this.item), pick(ground.shop.locationIds, this.location)]
    book.reserve(itemId, locationId, this.quantity)
    const { rows } = await ground.database.sql.query<{ id: string }>(
      `with level as (
         update inventory_level set reserved_quantity = reserved_quantity + $3 where inventory_item_id = $1 and location_id = $2)
       insert into reservation_item (id, inventory_item_id, location_id, quantity) values ('resitem_' || gen_random_uuid(), $1, $2, $3) returning id`,
      [itemId, locationId, this.quantity]
    )
    hints.push({ event: "inventory.reservation-item.created", id: rows[0].id })
  }

  toString(): string {
    return `reserve ${this.quantity} of item ${this.item} at location ${this.location}`
  }
}

/** A sale is called off: the newest reservation goes, softly deleted as core does it. */
class Release extends Step {
  async run({ ground, book, hints }: Schedule): Promise<void> {
    const { rows } = await ground.database.sql.query<{ id: string; item: string; location: string; quantity: string }>(
      `with gone as (
         update reservation_item set deleted_at = now() where id = (select id from reservation_item where deleted_at is null order by created_at desc limit 1)
         returning id, inventory_item_id, location_id, quantity),
       level as (
         update inventory_level l set reserved_quantity = reserved_quantity - gone.quantity
         from gone where l.inventory_item_id = gone.inventory_item_id and l.location_id = gone.location_id)
       select id, inventory_item_id as item, location_id as location, quantity from gone`
    )
    for (const { id, item, location, quantity } of rows) {
      book.reserve(item, location, -Number(quantity))
      hints.push({ event: "inventory.reservation-item.deleted", id })
    }
  }

  toString(): string {
    return "call the last reservation off"
  }
}

class Offer extends Step {
  constructor(private readonly product: number, private readonly isOffered: boolean) {
    super()
  }

  async run({ ground, book, hints }: Schedule): Promise<void> {
    const productId = pick(ground.shop.productIds, this.product)
    book.offer(productId, this.isOffered)
    await ground.database.sql.query("update product set status = $2 where id = $1", [productId, this.isOffered ? "published" : "draft"])
    hints.push({ event: "product.product.updated", id: productId })
  }

  toString(): string {
    return `${this.isOffered ? "publish" : "withdraw"} product ${this.product}`
  }
}

/** An event is heard: which of those nobody has heard yet, and whether it will be heard once more. */
class Hear extends Step {
  constructor(private readonly which: number, private readonly isRepeated: boolean) {
    super()
  }

  async run({ ground, hints }: Schedule): Promise<void> {
    if (hints.length === 0) {
      return
    }
    const hint = pick(hints, this.which)
    if (!this.isRepeated) {
      hints.splice(hints.indexOf(hint), 1)
    }
    await hear(ground, hint)
  }

  toString(): string {
    return `hear event ${this.which}${this.isRepeated ? ", and keep it to be heard again" : ""}`
  }
}

/** Every event that nobody has heard yet is heard. */
export async function hearEverything({ ground, hints }: Schedule): Promise<void> {
  for (const hint of hints.splice(0)) {
    await hear(ground, hint)
  }
}

/** As the subscriber marks, but without the timers that would start rounds no schedule knows of. */
async function hear({ office }: Ground, { event, id }: Hint): Promise<void> {
  const { variants, priority } = ITEM_EVENTS[event]
  const { variantIds } = await variants(office.knex, [id])
  await office.module.items.markVariantsDue({ variantIds, reason: event, priority })
}

/** Statements after which the world is another one, by what a worker does with them. */
const POINTS = {
  "claims": /insert into meta_catalog_batch/,
  "commits what it will send": /then 'sending'/,
  "records the handle": /set status = 'sent', handle/,
  "settles a batch": /set status = 'settled'/,
  "takes an upload in": /set ingested_at = meta_catalog_now\(\)/,
  "closes what is in doubt": /where status = 'doubtful'/,
} as const

type Point = keyof typeof POINTS

/** Where a worker stops: after so many statements, before a certain one, or not at all. */
type Stop = number | Point | null

/** A worker does a task to its end, or stops before a statement of it. */
class Work extends Step {
  constructor(private readonly place: number, private readonly task: TaskName, private readonly stop: Stop) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    const worker = await schedule.worker(this.place)
    await worker.finish()
    worker.begin((container) => TASKS[this.task](container, schedule.subject))
    await (typeof this.stop === "string" ? worker.goUntilBefore(POINTS[this.stop]) : worker.go(this.stop ?? Infinity))
  }

  override get needsFile(): boolean {
    return this.task === "build"
  }

  toString(): string {
    const stop = typeof this.stop === "string" ? `, stopped before it ${this.stop}` : `, stopped after ${this.stop} statements`
    return `worker ${this.place}: ${this.task}${this.stop === null ? "" : stop}`
  }
}

/** A worker that was stopped goes on a little. */
class GoOn extends Step {
  constructor(private readonly place: number, private readonly statements: number) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    await (await schedule.worker(this.place)).go(this.statements)
  }

  toString(): string {
    return `worker ${this.place}: go on for ${this.statements} statements`
  }
}

/** Both workers at once, as fast as they can. */
class Both extends Step {
  constructor(private readonly tasks: [TaskName, TaskName]) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    await Promise.all(
      this.tasks.map(async (task, place) => {
        const worker = await schedule.worker(place)
        await worker.finish()
        worker.begin((container) => TASKS[task](container, schedule.subject))
        await worker.finish()
      })
    )
  }

  override get needsFile(): boolean {
    return this.tasks.includes("build")
  }

  toString(): string {
    return `both at once: ${this.tasks.join(" and ")}`
  }
}

/** What two workers may do at the same moment, by the task that leads there. */
const RACES = { push: "claims", settle: "settles a batch", uploads: "takes an upload in", upkeep: "closes what is in doubt" } as const satisfies Partial<Record<TaskName, Point>>

/** Both workers do the same, and come to its decisive statement at the same moment. */
class Race extends Step {
  constructor(private readonly task: keyof typeof RACES) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    const workers = [await schedule.worker(0), await schedule.worker(1)]
    for (const worker of workers) {
      await worker.finish()
    }
    for (const worker of workers) {
      worker.begin((container) => TASKS[this.task](container, schedule.subject))
      await worker.goUntilBefore(POINTS[RACES[this.task]])
    }
    await Promise.all(workers.map((worker) => worker.finish()))
  }

  toString(): string {
    return `both workers: ${this.task}, and each ${RACES[this.task]} at the same moment`
  }
}

/** A worker goes on with what it does, or begins a task, and dies in it. */
class Crash extends Step {
  constructor(private readonly place: number, private readonly task: TaskName, private readonly death: Death | { at: Point; moment: "before" | "after" }) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    const worker = await schedule.worker(this.place)
    if (!worker.isBusy) {
      worker.begin((container) => TASKS[this.task](container, schedule.subject))
    }
    const { at, moment } = this.death
    if (typeof at === "string") {
      await worker.goUntilBefore(POINTS[at])
    }
    await worker.goUntil({ at: typeof at === "string" ? 1 : at, moment })
  }

  override get needsFile(): boolean {
    return this.task === "build"
  }

  toString(): string {
    const { at, moment } = this.death
    const where = typeof at === "string" ? `${moment} it ${at}` : moment === "request" ? `as request ${at} leaves` : `${moment} statement ${at}`
    return `worker ${this.place}: ${this.task}, dies ${where}`
  }
}

class Trouble extends Step {
  constructor(private readonly name: TroubleName, private readonly times: number) {
    super()
  }

  async run({ ground }: Schedule): Promise<void> {
    await ground.sandbox.control.setFaults(faultsOf(this.name, this.times))
  }

  toString(): string {
    return `trouble ahead, ${this.times}×: ${this.name}`
  }
}

/** Meta carries out calls in an order of its own. */
class Disorder extends Step {
  constructor(private readonly seed: number) {
    super()
  }

  async run({ ground }: Schedule): Promise<void> {
    await ground.sandbox.control.setSettings({ reorder: { seed: this.seed, share: 0.5, longest_ms: 9 * 60_000 } })
  }

  toString(): string {
    return `calls overtake each other by seed ${this.seed}`
  }
}

class Pass extends Step {
  constructor(private readonly ms: number) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    await schedule.advance(this.ms)
  }

  toString(): string {
    return `${this.ms / 1_000} s pass`
  }
}

/** Meta reads a file: the published one by its schedule or by our request, or one that was published earlier. */
class Upload extends Step {
  constructor(private readonly by: "schedule" | "request" | "person", private readonly age: number) {
    super()
  }

  async run({ ground, ids, meta }: Schedule): Promise<void> {
    if (this.by === "schedule") {
      await ground.sandbox.control.fetchFeedNow(meta.metaFeedId, "replace")
    } else if (this.by === "request") {
      await ground.office.module.feeds.requestUpload({ feedId: ids.feedId })
    } else {
      const snapshots = await ground.office.module.listSnapshots({ feed_id: ids.feedId, published_at: { $ne: null } }, { order: { number: "DESC" }, take: null })
      const url = `${ground.place.publicUrl}/meta-catalog/feeds/${ids.feedToken}/${pick(snapshots, this.age).id}.csv.gz`
      // It may meet a trouble meant for the plugin, and then there is no upload.
      await fetch(`${ground.sandbox.url}/v26.0/${meta.metaFeedId}/uploads`, {
        method: "POST",
        headers: { authorization: `Bearer ${meta.token}`, "content-type": "application/json" },
        body: JSON.stringify({ url }),
      })
    }
  }

  override get needsFile(): boolean {
    return true
  }

  toString(): string {
    return this.by === "person" ? `a person has Meta read the snapshot ${this.age} before the last` : `upload by ${this.by}`
  }
}

const place = fc.nat(1)
const quantity = fc.nat(9)
const task = fc.constantFrom<TaskName>("push", "push", "push", "round", "round", "settle", "settle", "uploads", "sweep", "build", "upkeep")
const statements = fc.integer({ min: 1, max: 14 })
const point = fc.constantFrom(...(Object.keys(POINTS) as Point[]))
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
    { weight: 1, arbitrary: fc.tuple(index, fc.boolean()).map((given) => new Offer(...given)) },
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
    fc.tuple(index, fc.boolean()).map((given) => new Hear(...given)),
    fc.tuple(index, fc.constant(false)).map((given) => new Hear(...given))
  )
  return fc.oneof({ weight: 200, arbitrary: trade }, { weight: 1, arbitrary: fc.oneof(...aroundWorkers(items)) })
}
