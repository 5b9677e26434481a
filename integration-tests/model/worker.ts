import { AsyncLocalStorage } from "node:async_hooks"
import { subscribe } from "node:diagnostics_channel"
import type { Socket } from "node:net"
import type { MedusaContainer } from "@medusajs/framework/types"
import type { Client } from "pg"
import { bootLightProcess, connect, type CoreModules, type LightPlace, type LightProcess } from "../light-store/light-process"
import { Turnstile } from "./turnstile"

/** A connection of the worker's own pool, as the driver has it. */
type Connection = { processID: number; query: (...given: unknown[]) => unknown; connection: { stream: Socket } }

/** Where a worker dies: at its nth statement from now, before the database sees it or after it was carried out, or as its nth request leaves. */
export type Death = { at: number; moment: "before" | "after" | "request" }

const running = new AsyncLocalStorage<Worker>()

/**
 * One process of the store, inside this one: the plugin's real module on a connection pool of its own. It can be stopped between
 * any two statements, and it can die there as a process dies: its connections are ended, its sockets destroyed, and what it was
 * doing never gets another answer.
 */
export class Worker {
  readonly turnstile = new Turnstile()
  private readonly connections = new Set<Connection>()
  private readonly sockets = new Map<object, Socket>()
  private requestsLeft = Infinity
  private task: Promise<void> | null = null
  isDead = false
  /** What a task of this worker threw while it lived. */
  readonly errors: unknown[] = []

  private constructor(
    readonly process: LightProcess,
    private readonly executioner: Client
  ) {}

  /** @param executioner ends the worker's connections when it dies */
  static async boot(place: LightPlace, { core, executioner }: { core: CoreModules; executioner: Client }): Promise<Worker> {
    const knex = connect(place.databaseUrl)
    const worker = new Worker(await bootLightProcess(place, core, knex), executioner)
    const client = knex.client as { acquireRawConnection(): Promise<Connection>; acquireConnection(): Promise<Connection> }
    const acquireRaw = client.acquireRawConnection.bind(client)
    client.acquireRawConnection = async () => worker.watch(await acquireRaw())
    const acquire = client.acquireConnection.bind(client)
    client.acquireConnection = async () => (worker.isDead ? await forever<Connection>() : await acquire())
    return worker
  }

  get isBusy(): boolean {
    return this.task !== null
  }

  /** Begins a piece of work; one at a time. */
  begin(work: (container: MedusaContainer) => Promise<unknown>): void {
    if (this.task) {
      throw new Error("the worker has something to do already")
    }
    const ended = running.run(this, async () => await work(this.process.container))
    this.task = ended
      .then(() => undefined, (error: unknown) => void (this.isDead || this.errors.push(error)))
      .finally(() => {
        this.task = null
        this.turnstile.leave()
      })
  }

  /** Lets it go on for so many statements; resolves when it stands before the next one, has ended, or has died. */
  async go(statements: number): Promise<void> {
    if (this.task && !this.isDead) {
      await this.turnstile.let(statements)
    }
  }

  /** Lets it go on to its end. */
  async finish(): Promise<void> {
    await this.go(Infinity)
  }

  /** Lets it go on until it stands before a statement that reads so, or to its end when there is none. */
  async goUntilBefore(statement: RegExp): Promise<void> {
    this.turnstile.stopBefore = statement
    await this.finish()
  }

  /** Lets it go on until it dies, or to its end when that comes first. */
  async goUntil({ at, moment }: Death): Promise<void> {
    if (moment === "request") {
      this.requestsLeft = at
    } else {
      this.turnstile.fail = { in: at, moment, strike: () => this.die() }
    }
    await this.finish()
    this.turnstile.fail = null
    this.requestsLeft = Infinity
  }

  /** As kill −9: nothing it has begun gets any further. A statement that runs may still be carried out or not, as in life. */
  async die(): Promise<void> {
    if (this.isDead) {
      return
    }
    this.isDead = true
    for (const socket of this.sockets.values()) {
      socket.destroy()
    }
    const pids = [...this.connections].map(({ processID }) => processID)
    await this.executioner.query("select pg_terminate_backend(pid) from unnest($1::int[]) pid", [pids])
    for (const { connection } of this.connections) {
      connection.stream.destroy()
    }
    this.turnstile.leave()
  }

  /** Ends a worker that has nothing to do. */
  async close(): Promise<void> {
    await this.process.knex.destroy()
  }

  requestLeft(request: object, socket: Socket): void {
    this.sockets.set(request, socket)
    this.requestsLeft -= 1
    if (this.requestsLeft === 0) {
      void this.die()
    }
  }

  requestEnded(request: object): void {
    this.sockets.delete(request)
  }

  private watch(connection: Connection): Connection {
    this.connections.add(connection)
    const query = connection.query.bind(connection)
    connection.query = (config: unknown, answer: unknown) => {
      if (typeof answer !== "function") {
        throw new Error("every statement of a worker is expected to come from knex, with a callback")
      }
      void this.pass(textOf(config), () => new Promise<unknown[]>((resolve) => query(config, (...reply: unknown[]) => resolve(reply)))).then((reply) => answer(...reply))
    }
    return connection
  }

  private async pass(statement: string, run: () => Promise<unknown[]>): Promise<unknown[]> {
    const leave = await this.turnstile.enter(statement)
    if (this.isDead) {
      return await forever()
    }
    const reply = await run()
    await leave()
    return this.isDead ? await forever() : reply
  }
}

function textOf(config: unknown): string {
  return typeof config === "string" ? config : ((config as { text?: string }).text ?? "")
}

function forever<T>(): Promise<T> {
  return new Promise<T>(() => undefined)
}

// undici tells of every request and of the socket it leaves by; whose it is says the asynchronous context it was made in.
const owners = new WeakMap<object, Worker>()
type Told = { request: object; socket: Socket }

subscribe("undici:request:create", (message) => {
  const worker = running.getStore()
  if (worker) {
    owners.set((message as Told).request, worker)
  }
})
subscribe("undici:client:sendHeaders", (message) => {
  const { request, socket } = message as Told
  owners.get(request)?.requestLeft(request, socket)
})
for (const end of ["undici:request:trailers", "undici:request:error"]) {
  subscribe(end, (message) => {
    const { request } = message as Told
    owners.get(request)?.requestEnded(request)
  })
}
