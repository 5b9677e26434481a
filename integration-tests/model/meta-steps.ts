import type { Schedule } from "./schedule"
import { pick, Step } from "./step"
import { faultsOf, type TroubleName } from "./troubles"

export class Trouble extends Step {
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
export class Disorder extends Step {
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

export class Pass extends Step {
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
export class Upload extends Step {
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
