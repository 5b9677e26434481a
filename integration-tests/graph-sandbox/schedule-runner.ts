import { FeedEntity, type FeedRow, type ScheduleKind } from "./entities/feed"
import { nextUploadTime } from "./schedules"
import { runScheduledFetch } from "./uploads"
import type { World } from "./world"

const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Fetches feeds when their schedules fall due on the sandbox clock. A clock moved over several occurrences at once gives one fetch,
 * and the next one is counted from the new time.
 */
export class ScheduleRunner {
  private timer: NodeJS.Timeout | undefined
  private planning: Promise<void> = Promise.resolve()
  private closed = false

  constructor(private readonly world: () => World) {}

  start(): void {
    this.world().clock.onMove(() => void this.plan())
    void this.plan()
  }

  /** Starts what is due and sets the timer for what is next. */
  plan(): Promise<void> {
    this.planning = this.planning
      .then(() => this.look())
      .catch((error: unknown) => {
        if (!this.closed) {
          console.error(`graph sandbox: schedules: ${error instanceof Error ? error.stack : String(error)}`)
        }
      })
    return this.planning
  }

  async stop(): Promise<void> {
    this.closed = true
    clearTimeout(this.timer)
    await this.planning
  }

  private async look(): Promise<void> {
    if (this.closed) {
      return
    }
    const world = this.world()
    const now = world.clock.now()
    const due = await world.db.query<FeedRow[]>("SELECT * FROM feed WHERE least(next_replace_at, next_update_at) <= $1 ORDER BY id", [now])
    for (const feed of due) {
      await this.startDue(world, feed, now)
    }
    const [{ next }] = await world.db.query<{ next: Date | null }[]>("SELECT min(least(next_replace_at, next_update_at)) AS next FROM feed")
    clearTimeout(this.timer)
    if (next && !this.closed) {
      const wait = Math.max(0, next.getTime() - world.clock.now().getTime())
      this.timer = setTimeout(() => void this.plan(), Math.min(wait, LONGEST_TIMER_MS))
    }
  }

  private async startDue(world: World, feed: FeedRow, now: Date): Promise<void> {
    const feeds = world.db.getRepository(FeedEntity)
    if (feed.schedule && feed.next_replace_at && feed.next_replace_at <= now) {
      await feeds.update({ id: feed.id }, { next_replace_at: nextUploadTime(feed.schedule, now, false) })
      this.fetch(world, feed.id, "schedule")
    }
    if (feed.update_schedule && feed.next_update_at && feed.next_update_at <= now) {
      await feeds.update({ id: feed.id }, { next_update_at: nextUploadTime(feed.update_schedule, now, false) })
      this.fetch(world, feed.id, "update_schedule")
    }
  }

  private fetch(world: World, feedId: string, kind: ScheduleKind): void {
    world.tasks.add({
      name: `scheduled fetch of feed ${feedId}`,
      dueAt: world.clock.now(),
      run: async () => {
        await runScheduledFetch(world, feedId, kind)
      },
    })
  }
}
