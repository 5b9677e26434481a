import type { Clock } from "./clock"
import type { SandboxSettings } from "./settings"
import type { Task, TaskQueue } from "./tasks"

type Held = Omit<Task, "dueAt">
type Surroundings = { clock: Clock; tasks: TaskQueue; settings: () => SandboxSettings["reorder"] }

/**
 * Batches that later ones overtake (setting `reorder`). Meta promises no order among calls (CONTRACT 3.3); random delays show
 * that now and then, this shows it every time and the same way for the same seed.
 */
export class Overtaking {
  private readonly held = new Set<Held>()
  private drawn = 0

  constructor(private readonly around: Surroundings) {}

  /** Draws for the next call: whether it is held back. */
  isHeld(): boolean {
    const reorder = this.around.settings()
    return reorder !== null && draw(reorder.seed, this.drawn++) < reorder.share
  }

  /** Holds one back until `passed` is told of a later one or the longest wait is over. */
  hold(held: Held): void {
    const { clock, tasks, settings } = this.around
    this.held.add(held)
    const dueAt = new Date(clock.now().getTime() + (settings()?.longest_ms ?? 0))
    tasks.add({ name: held.name, dueAt, run: () => this.let(held) })
  }

  /** Told of every batch carried out: all that was held back follows, the latest first. */
  passed(): void {
    const followers = [...this.held].reverse()
    if (followers.length > 0) {
      this.around.tasks.add({
        name: "overtaken batches",
        dueAt: this.around.clock.now(),
        run: async () => {
          for (const held of followers) {
            await this.let(held)
          }
        },
      })
    }
  }

  /** The draws begin anew. */
  restart(): void {
    this.drawn = 0
  }

  clear(): void {
    this.held.clear()
    this.drawn = 0
  }

  private async let(held: Held): Promise<void> {
    if (this.held.delete(held)) {
      await held.run()
    }
  }
}

/** The `index`th number from 0 to 1 of a seed (splitmix32). */
function draw(seed: number, index: number): number {
  let mixed = (seed + Math.imul(index + 1, 0x9e3779b9)) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296
}
