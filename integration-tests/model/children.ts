import type { LightPlace } from "../light-store/light-process"
import { runLightChild, type LightChild } from "../light-store/run-light-child"

/**
 * Worker processes at places of their own, one of them always booting in reserve: a killed one is replaced without the seconds a
 * boot takes.
 */
export class Children {
  private readonly working: (LightChild | undefined)[]
  private spare: Promise<LightChild>
  /** How many were killed. */
  kills = 0

  private constructor(private readonly light: LightPlace, count: number) {
    this.working = new Array<LightChild | undefined>(count).fill(undefined)
    this.spare = runLightChild(light)
  }

  static async start(light: LightPlace, count: number): Promise<Children> {
    const children = new Children(light, count)
    for (let place = 0; place < count; place += 1) {
      await children.fill(place)
    }
    return children
  }

  /** Kills the process at this place and puts the reserve there, as soon as it has booted. */
  async replace(place: number): Promise<void> {
    const victim = this.working[place]
    this.working[place] = undefined
    await victim?.kill()
    this.kills += 1
    await this.fill(place)
  }

  /** Memory of every process, in bytes. */
  memory(): number[] {
    return this.working.map((child) => child?.rss() ?? 0)
  }

  /** What they wrote last, for a report of failure. */
  logs(): string {
    return this.working.map((child, place) => `worker process ${place}:\n${child?.logs() ?? ""}`).join("\n")
  }

  async stop(): Promise<void> {
    await Promise.all([...this.working.map((child) => child?.kill()), this.spare.then((child) => child.kill())])
  }

  private async fill(place: number): Promise<void> {
    const child = await this.spare
    this.spare = runLightChild(this.light)
    // Waited for where it is taken; until then its failure is nobody's.
    this.spare.catch(() => undefined)
    this.working[place] = child
    child.begin()
  }
}
