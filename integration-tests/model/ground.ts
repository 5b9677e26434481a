import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "pg"
import { startSandbox, type Sandbox, type SandboxSettings } from "../graph-sandbox"
import { openFeedHost, type FeedHost } from "../light-store/feed-host"
import { openLightDatabase, type LightDatabase } from "../light-store/light-database"
import { bootCore, bootLightProcess, type CoreModules, type LightPlace, type LightProcess } from "../light-store/light-process"
import { lightShop, type LightShop } from "../light-store/shop"
import { Worker } from "./worker"

/** Meta does at once what nothing holds up, and refuses a whole call that names an item twice, so that such a call is seen. */
const META_SETTINGS: Partial<SandboxSettings> = {
  batch_delay_ms: [0, 0],
  upload_delay_ms: [0, 0],
  report_delay_ms: [0, 0],
  duplicate_in_batch: "call",
}

/** What all schedules of a suite share: two databases, the sandbox, the store's public address, and two workers at a time. */
export class Ground {
  private readonly workers: (Worker | undefined)[] = [undefined, undefined]

  private constructor(
    readonly shop: LightShop,
    readonly database: LightDatabase,
    readonly sandbox: Sandbox,
    readonly place: LightPlace,
    /** The part of the store that never dies: it hears events and serves files. */
    readonly office: LightProcess,
    private readonly host: FeedHost,
    private readonly core: CoreModules,
    private readonly executioner: Client
  ) {}

  /** @param serverUrl URL of a PostgreSQL server, whatever database it names */
  static async open(serverUrl: string, { name, variants }: { name: string; variants: number }): Promise<Ground> {
    const urlOf = (database: string) => Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href
    const shop = lightShop(variants)
    const database = await openLightDatabase(urlOf(`${name}-store`), shop)
    const sandbox = await startSandbox({ databaseUrl: urlOf(`${name}-sandbox`), settings: META_SETTINGS })
    await sandbox.control.reset()
    const executioner = new Client({ connectionString: database.url })
    await executioner.connect()
    const scope: Partial<LightProcess> = {}
    const host = await openFeedHost(() => scope.container!)
    const fileDirectory = await mkdtemp(join(tmpdir(), "light-store-"))
    const place = { databaseUrl: database.url, graphUrl: sandbox.url, publicUrl: host.url, fileDirectory, pushDelayMs: 0 }
    const core = await bootCore(place)
    const office = Object.assign(scope, await bootLightProcess(place, core))
    return new Ground(shop, database, sandbox, place, office, host, core, executioner)
  }

  /** The worker at this place, a new one where the last has died. */
  async worker(place: number): Promise<Worker> {
    const present = this.workers[place]
    if (present && !present.isDead) {
      return present
    }
    const booted = await Worker.boot(this.place, { core: this.core, executioner: this.executioner })
    this.workers[place] = booted
    return booted
  }

  /** Ends whatever a failed schedule left standing. */
  async killWorkers(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker?.die()))
  }

  async close(): Promise<void> {
    await this.killWorkers()
    await this.sandbox.stop()
    await this.host.close()
    await this.office.knex.destroy()
    await this.executioner.end()
    await this.database.close()
    await rm(this.place.fileDirectory, { recursive: true, force: true })
  }
}
