import type { Schedule } from "./schedule"

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
export function pick<Entry>(entries: readonly Entry[], index: number): Entry {
  return entries[index % entries.length]
}
