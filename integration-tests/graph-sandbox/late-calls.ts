import type { Task, TaskQueue } from "./tasks"

/** Work held back until a number of later changes (POST or DELETE calls) were applied (fault `apply_late` with `after_calls`). */
export class LateCalls {
  private held: { left: number; task: Task }[] = []

  constructor(private readonly tasks: TaskQueue) {}

  /** Queues a task, or holds it back when `afterCalls` says so; the call that queues it is itself still to be counted. */
  queue(task: Task, afterCalls: number | undefined): void {
    if (afterCalls === undefined) {
      this.tasks.add(task)
    } else {
      this.held.push({ left: afterCalls + 1, task })
    }
  }

  /** Told of every applied change, including, first, the one that is late itself. */
  changeApplied(): void {
    for (const entry of this.held) {
      entry.left--
    }
    const ripe = this.held.filter((entry) => entry.left <= 0)
    this.held = this.held.filter((entry) => entry.left > 0)
    for (const { task } of ripe) {
      this.tasks.add(task)
    }
  }

  /** Lets everything go now. */
  release(): void {
    const held = this.held
    this.held = []
    for (const { task } of held) {
      this.tasks.add(task)
    }
  }

  clear(): void {
    this.held = []
  }
}
