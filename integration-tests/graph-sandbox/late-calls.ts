import type { Task, TaskQueue } from "./tasks"

/** Work held back until a number of later Graph calls were applied (fault `apply_late` with `after_calls`). */
export class LateCalls {
  private held: { left: number; task: Task }[] = []

  constructor(private readonly tasks: TaskQueue) {}

  hold(afterCalls: number, task: Task): void {
    this.held.push({ left: afterCalls + 1, task })
  }

  /** Told of every applied call, including, first, the one that is late itself. */
  callApplied(): void {
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
