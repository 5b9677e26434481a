import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { pipeline } from "node:stream/promises"
import type { DataSource } from "typeorm"
import { z } from "zod"
import { queueBatch } from "./batch-processing"
import { Clock } from "./clock"
import { SandboxControl } from "./control"
import { COMMANDS } from "./control-routes"
import { openDatabase } from "./database"
import type { BatchRow } from "./entities/batch"
import { openReport } from "./error-reports"
import { FaultBook } from "./faults"
import { serveGraph } from "./graph-server"
import { renderPage } from "./human-page"
import { LateCalls } from "./late-calls"
import { Overtaking } from "./overtaking"
import { refusedFile } from "./problems"
import { Quotas } from "./quotas"
import { ScheduleRunner } from "./schedule-runner"
import { DEFAULT_SETTINGS, patchSettings, type SandboxSettings } from "./settings"
import { TaskQueue } from "./tasks"
import { failUpload } from "./uploads"
import type { World } from "./world"
import { Slots, WriteLock } from "./write-lock"

export type SandboxOptions = { databaseUrl: string; port?: number; host?: string; settings?: Partial<SandboxSettings> }

export type Sandbox = {
  /** Base address, such as `http://127.0.0.1:40123`; Graph calls go below `/v26.0/`. */
  url: string
  control: SandboxControl
  dataSource: DataSource
  /** Ends timers, work under way, the server and the database connections. */
  stop(): Promise<void>
}

/** Starts a sandbox on its own database, which is created when it does not exist. Port 0 takes a free one. */
export async function startSandbox({ databaseUrl, port = 0, host = "127.0.0.1", settings }: SandboxOptions): Promise<Sandbox> {
  const initialSettings = patchSettings(DEFAULT_SETTINGS, settings)
  const db = await openDatabase(databaseUrl)
  const stopping = new AbortController()
  const clock = new Clock()
  const tasks = new TaskQueue(clock)
  const world: World = {
    db,
    settings: initialSettings,
    initialSettings,
    clock,
    tasks,
    faults: new FaultBook(),
    lateCalls: new LateCalls(tasks),
    overtaking: new Overtaking({ clock, tasks, settings: () => world.settings.reorder }),
    quotas: new Quotas(clock),
    schedules: new ScheduleRunner(() => world),
    writes: new WriteLock(),
    ingests: new Slots(4),
    spool: await mkdtemp(path.join(tmpdir(), "graph-sandbox-")),
    url: "",
    stopping: stopping.signal,
  }
  const handling = new Set<Promise<void>>()
  const server = createServer((incoming, outgoing) => {
    const done = serve(world, incoming, outgoing).finally(() => handling.delete(done))
    handling.add(done)
  })
  try {
    world.url = await listen(server, port, host)
    await resumeWork(world)
  } catch (error) {
    await db.destroy()
    throw error
  }
  world.schedules.start()
  return {
    url: world.url,
    control: new SandboxControl(world.url),
    dataSource: db,
    stop: async () => {
      stopping.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      await world.schedules.stop()
      await world.tasks.stop()
      await Promise.all([...handling])
      await db.destroy()
      await rm(world.spool, { recursive: true, force: true })
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, resolve)
  })
  return `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`
}

/** After a restart: batches that wait go on; sessions that ran have lost their file and end as failed. */
async function resumeWork(world: World): Promise<void> {
  const batches = await world.db.query<BatchRow[]>("SELECT handle, due_at FROM batch WHERE finished_at IS NULL")
  for (const batch of batches) {
    queueBatch(world, batch)
  }
  const uploads = await world.db.query<{ id: string }[]>("SELECT id FROM upload WHERE end_time IS NULL")
  for (const upload of uploads) {
    await failUpload(
      world,
      upload,
      refusedFile("Your Data Feed File Couldn't Be Processed", "The sandbox was restarted during the session.")
    )
  }
}

async function serve(world: World, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://sandbox")
  try {
    if (pathname.startsWith("/sandbox/")) {
      await serveControl(world, pathname.slice("/sandbox/".length), incoming, outgoing)
    } else if (pathname.startsWith("/reports/")) {
      await serveReport(world, pathname, outgoing)
    } else if (pathname === "/" && incoming.method === "GET" && !searchParams.has("ids")) {
      outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" })
      outgoing.end(await renderPage(world, searchParams))
    } else {
      await serveGraph(world, incoming, outgoing)
    }
  } catch (error) {
    if (!world.stopping.aborted) {
      console.error(`graph sandbox: ${incoming.method} ${pathname}: ${error instanceof Error ? error.stack : String(error)}`)
    }
    incoming.socket.destroy()
  }
}

async function serveControl(world: World, name: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const reply = (status: number, body: unknown) => {
    outgoing.writeHead(status, { "content-type": "application/json" })
    outgoing.end(JSON.stringify(body))
  }
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk)
  }
  if (incoming.method !== "POST" || !Object.hasOwn(COMMANDS, name)) {
    reply(404, { error: "There is no such command; commands are POST" })
    return
  }
  try {
    const text = Buffer.concat(chunks).toString("utf8")
    reply(200, { result: await COMMANDS[name](world, text === "" ? {} : JSON.parse(text)) })
  } catch (error) {
    reply(400, { error: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message })
  }
}

async function serveReport(world: World, pathname: string, outgoing: ServerResponse): Promise<void> {
  const key = /^\/reports\/([A-Za-z0-9_-]+)\.csv$/.exec(pathname)?.[1]
  const report = key === undefined ? null : await openReport(world, key)
  if (!report) {
    outgoing.writeHead(404).end()
    return
  }
  outgoing.writeHead(200, { "content-type": "text/csv; charset=utf-8" })
  await pipeline(report, outgoing)
}
