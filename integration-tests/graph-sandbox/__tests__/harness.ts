import { randomBytes } from "node:crypto"
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { DataSource } from "typeorm"
import { startSandbox, type Sandbox, type SandboxSettings } from ".."

const { DB_HOST = "127.0.0.1", DB_PORT = "54329", DB_USERNAME = "postgres", DB_PASSWORD = "postgres" } = process.env

export function databaseUrl(name: string): string {
  return `postgres://${DB_USERNAME}:${DB_PASSWORD}@${DB_HOST}:${DB_PORT}/${name}`
}

/** Settings that make processing wait only for the test's own steps. */
export const AT_ONCE: Partial<SandboxSettings> = { batch_delay_ms: [0, 0], upload_delay_ms: [0, 0], report_delay_ms: [0, 0] }

export type Lab = { sandbox: Sandbox; close(): Promise<void> }

/** A sandbox on a database of its own, which is dropped on close. */
export async function openLab(settings: Partial<SandboxSettings> = AT_ONCE): Promise<Lab> {
  const name = `graph_sandbox_${randomBytes(6).toString("hex")}`
  const sandbox = await startSandbox({ databaseUrl: databaseUrl(name), settings })
  return {
    sandbox,
    close: async () => {
      await sandbox.stop()
      const server = await new DataSource({ type: "postgres", url: databaseUrl("postgres") }).initialize()
      await server.query(`DROP DATABASE IF EXISTS ${name}`)
      await server.destroy()
    },
  }
}

export type GraphReply = { status: number; headers: Headers; body: Record<string, any> }

/** A caller with one token, sent as a bearer header. */
export function graph(sandbox: Sandbox, token: string, version = "v26.0") {
  const call = async (method: string, path: string, init: RequestInit = {}): Promise<GraphReply> => {
    const response = await fetch(`${sandbox.url}/${version}/${path}`, {
      method,
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, any> }
  }
  const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { "content-type": "application/json" } })
  return {
    get: (path: string) => call("GET", path),
    post: (path: string, body: unknown = {}) => call("POST", path, json(body)),
    postForm: (path: string, body: URLSearchParams | FormData) => call("POST", path, { body }),
    delete: (path: string) => call("DELETE", path),
  }
}

export type Shop = { id: string; token: string; api: ReturnType<typeof graph> }

/** A catalogue with a token that may do everything in it. */
export async function openShop({ control, ...sandbox }: Sandbox): Promise<Shop> {
  const { id } = await control.createCatalog({ name: "Kiln" })
  const { token } = await control.createToken({ catalogIds: [id] })
  return { id, token, api: graph({ control, ...sandbox }, token) }
}

export const HEADER = "id,title,description,availability,condition,price,link,image_link,brand,quantity_to_sell_on_facebook"

/** A valid feed line; `overrides` replaces cells by column name. */
export function line(id: string, overrides: Record<string, string> = {}): string {
  const cells: Record<string, string> = {
    id,
    title: `Mug ${id}`,
    description: "Glazed and fired.",
    availability: "in stock",
    condition: "new",
    price: "24.50 GBP",
    link: "https://shop.test/p/mug",
    image_link: "https://cdn.test/1.jpg",
    brand: "Kiln",
    quantity_to_sell_on_facebook: "14",
    ...overrides,
  }
  return HEADER.split(",")
    .map((name) => (/[",\n]/.test(cells[name]) ? `"${cells[name].replaceAll('"', '""')}"` : cells[name]))
    .join(",")
}

export function csv(...lines: string[]): string {
  return `${[HEADER, ...lines].join("\n")}\n`
}

/** The values of a valid item as items_batch takes them. */
export function itemData(id: string, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    title: `Mug ${id}`,
    description: "Glazed and fired.",
    availability: "in stock",
    condition: "new",
    price: "24.50 GBP",
    link: "https://shop.test/p/mug",
    image_link: "https://cdn.test/1.jpg",
    brand: "Kiln",
    quantity_to_sell_on_facebook: 14,
    ...overrides,
  }
}

export type FeedHost = {
  url: string
  requests: { path: string; headers: IncomingHttpHeaders }[]
  /** What a path answers with from now on. */
  serve(path: string, answer: string | Buffer | ((request: IncomingMessage, response: ServerResponse) => void)): string
  close(): Promise<void>
}

/** A tiny web server for feed files. */
export async function openFeedHost(): Promise<FeedHost> {
  const answers = new Map<string, string | Buffer | ((request: IncomingMessage, response: ServerResponse) => void)>()
  const requests: FeedHost["requests"] = []
  const server = createServer((request, response) => {
    const path = request.url ?? "/"
    requests.push({ path, headers: request.headers })
    const answer = answers.get(path)
    if (typeof answer === "function") {
      answer(request, response)
    } else if (answer === undefined) {
      response.writeHead(404).end()
    } else {
      response.writeHead(200, { "content-length": Buffer.byteLength(answer) }).end(answer)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    serve: (path, answer) => {
      answers.set(path, answer)
      return `${url}${path}`
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
