import type { Clock } from "./clock"

export type Task = { name: string; dueAt: Date; run: () => Promise<void> }

/** The longest wait a Node timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Work that falls due on the sandbox clock: batches, uploads, reports, late calls. Moving the clock starts what became due.
 * Tasks are unordered among themselves, as Meta promises no order either (CONTRACT 3.3).
 */
export class TaskQueue {
  private readonly waiting = new Set<Task>()
  private readonly running = new Set<Promise<void>>()
  private timer: NodeJS.Timeout | undefined
  private closed = false

  constructor(private readonly clock: Clock) {
    clock.onMove(() => this.wake())
  }

  add(task: Task): void {
    if (this.closed) {
      return
    }
    this.waiting.add(task)
    this.wake()
  }

  /** Runs everything that waits, due or not, including what that work adds; resolves when nothing is left. */
  async settle(): Promise<void> {
    while (this.waiting.size > 0 || this.running.size > 0) {
      for (const task of [...this.waiting]) {
        this.start(task)
      }
      await Promise.all([...this.running])
    }
  }

  /** Resolves once what became due has ended, and what that made due in turn. What is not due goes on waiting. */
  async idle(): Promise<void> {
    while (this.running.size > 0) {
      await Promise.all([...this.running])
    }
  }

  /** Forgets what waits and resolves once what runs has ended. */
  async clear(): Promise<void> {
    this.waiting.clear()
    await Promise.all([...this.running])
    this.waiting.clear()
  }

  async stop(): Promise<void> {
    this.closed = true
    clearTimeout(this.timer)
    await this.clear()
  }

  private wake(): void {
    clearTimeout(this.timer)
    const now = this.clock.now().getTime()
    let next = Infinity
    for (const task of [...this.waiting]) {
      if (task.dueAt.getTime() <= now) {
        this.start(task)
      } else {
        next = Math.min(next, task.dueAt.getTime())
      }
    }
    if (next !== Infinity && !this.closed) {
      this.timer = setTimeout(() => this.wake(), Math.min(next - now, LONGEST_TIMER_MS))
    }
  }

  private start(task: Task): void {
    this.waiting.delete(task)
    const done = task
      .run()
      .catch((error: unknown) => {
        console.error(`graph sandbox: ${task.name} failed: ${error instanceof Error ? error.stack : String(error)}`)
      })
      .finally(() => {
        this.running.delete(done)
      })
    this.running.add(done)
  }
}
