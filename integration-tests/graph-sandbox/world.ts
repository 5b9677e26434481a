import type { DataSource } from "typeorm"
import type { Clock } from "./clock"
import type { FaultBook } from "./faults"
import type { LateCalls } from "./late-calls"
import type { Overtaking } from "./overtaking"
import type { Quotas } from "./quotas"
import type { ScheduleRunner } from "./schedule-runner"
import type { SandboxSettings } from "./settings"
import type { TaskQueue } from "./tasks"
import type { Slots, WriteLock } from "./write-lock"

/** What every part of one running sandbox shares. */
export type World = {
  db: DataSource
  settings: SandboxSettings
  /** What `settings` were at the start; a reset goes back to them. */
  initialSettings: SandboxSettings
  clock: Clock
  tasks: TaskQueue
  faults: FaultBook
  lateCalls: LateCalls
  overtaking: Overtaking
  quotas: Quotas
  schedules: ScheduleRunner
  writes: WriteLock
  /** Files taken in at the same time. */
  ingests: Slots
  /** Directory of its own for received and fetched files. */
  spool: string
  /** Base address, known once the server listens. */
  url: string
  /** Aborted when the sandbox stops, so fetches under way end. */
  stopping: AbortSignal
}
