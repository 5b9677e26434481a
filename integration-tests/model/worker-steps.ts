import { Pass, Trouble } from "./meta-steps"
import type { Schedule } from "./schedule"
import { Step } from "./step"
import { SetStock } from "./store-steps"
import { TASKS, type TaskName } from "./tasks"
import type { TroubleName } from "./troubles"
import type { Death } from "./worker"

/** Statements after which the world is another one, by what a worker does with them. */
export const POINTS = {
  "claims": /insert into meta_catalog_batch/,
  "commits what it will send": /then 'sending'/,
  "records the handle": /set status = 'sent', handle/,
  "settles a batch": /set status = 'settled'/,
  "takes an upload in": /set ingested_at = meta_catalog_now\(\)/,
  "closes what is in doubt": /where status = 'doubtful'/,
} as const

export type Point = keyof typeof POINTS

/** Where a worker stops: after so many statements, before a certain one, or not at all. */
type Stop = number | Point | null

/** A worker does a task to its end, or stops before a statement of it. */
export class Work extends Step {
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
export class GoOn extends Step {
  constructor(private readonly place: number, private readonly statements: number) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    await (await schedule.worker(this.place)).go(this.statements)
  }

  toString(): string {
    return `worker ${this.place}: go on${this.statements === Infinity ? "" : ` for ${this.statements} statements`}`
  }
}

/** Both workers at once, as fast as they can. */
export class Both extends Step {
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
export const RACES = { push: "claims", settle: "settles a batch", uploads: "takes an upload in", upkeep: "closes what is in doubt" } as const satisfies Partial<Record<TaskName, Point>>

/** Both workers do the same, and come to its decisive statement at the same moment. */
export class Race extends Step {
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
export class Crash extends Step {
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

/** Stock changes, a worker takes it up, and the same stock changes once more right before the worker does something decisive. */
export class ChangeMeanwhile extends Step {
  private readonly first: SetStock
  private readonly second: SetStock
  private readonly work: Work

  constructor(where: { place: number; task: TaskName; point: Point }, what: { item: number; location: number; quantities: [number, number] }) {
    super()
    const [first, second] = what.quantities
    this.first = new SetStock(what.item, what.location, first, true)
    this.second = new SetStock(what.item, what.location, second, true)
    this.work = new Work(where.place, where.task, where.point)
  }

  async run(schedule: Schedule): Promise<void> {
    await this.first.run(schedule)
    await this.work.run(schedule)
    await this.second.run(schedule)
  }

  toString(): string {
    return `${this.first}; ${this.work}; ${this.second}`
  }
}

/** A worker stands still for so long that the other one takes its place; then it goes on. */
export class TakenForDead extends Step {
  private readonly parts: Step[]

  constructor(where: { place: number; point: Point }, what: { item: number; location: number; quantities: [number, number] }) {
    super()
    const [before, after] = what.quantities
    const other = 1 - where.place
    this.parts = [
      new SetStock(what.item, what.location, before, true),
      new Work(where.place, "push", where.point),
      new Pass(LONGER_THAN_A_LEASE_MS),
      new Work(other, "upkeep", null),
      new SetStock(what.item, what.location, after, true),
      new Work(other, "push", null),
      new GoOn(where.place, Infinity),
    ]
  }

  async run(schedule: Schedule): Promise<void> {
    for (const part of this.parts) {
      await part.run(schedule)
    }
  }

  toString(): string {
    return this.parts.join("; ")
  }
}

const LONGER_THAN_A_LEASE_MS = 3 * 60_000

/** Stock changes and a worker pushes it right into a trouble. */
export class TroubledPush extends Step {
  private readonly parts: Step[]

  constructor(where: { place: number; trouble: TroubleName; times: number }, what: { item: number; location: number; quantity: number }) {
    super()
    this.parts = [new Trouble(where.trouble, where.times), new SetStock(what.item, what.location, what.quantity, true), new Work(where.place, "push", null)]
  }

  async run(schedule: Schedule): Promise<void> {
    for (const part of this.parts) {
      await part.run(schedule)
    }
  }

  toString(): string {
    return this.parts.join("; ")
  }
}
