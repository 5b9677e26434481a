import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { createGraphClient, type GraphClient, type GraphClientOptions, type GraphConnection } from "../client"

/** A request as it arrived. */
export type ReceivedRequest = {
  method: string
  url: URL
  headers: IncomingMessage["headers"]
  rawHeaders: string[]
  body: string
}

/** How one request is answered: a JSON value, or full control over the reply. */
export type Answer = unknown | ((received: ReceivedRequest, response: ServerResponse, socket: Socket) => void)

/**
 * A real HTTP server that answers requests in the order of its script; the last answer repeats. It stands for the odd replies Meta or a
 * proxy before it can give.
 */
export class ScriptedServer {
  readonly received: ReceivedRequest[] = []
  readonly url: string
  /** How many connections were opened to it. */
  connections = 0
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  private constructor(server: Server, private readonly script: Answer[]) {
    this.server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on("connection", (socket) => {
      this.connections++
      this.sockets.add(socket)
      socket.on("close", () => this.sockets.delete(socket))
    })
    server.on("request", (request, response) => this.answer(request, response))
  }

  static async start(...script: Answer[]): Promise<ScriptedServer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    return new ScriptedServer(server, script)
  }

  async stop(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy())
    await new Promise((resolve) => this.server.close(resolve))
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    request.on("error", () => undefined)
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const received: ReceivedRequest = {
        method: request.method ?? "",
        url: new URL(request.url ?? "/", this.url),
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks).toString("utf8"),
      }
      this.received.push(received)
      const answer = this.script.length > 1 ? this.script.shift() : this.script[0]
      if (typeof answer === "function") {
        answer(received, response, request.socket)
      } else {
        response.setHeader("content-type", "application/json")
        response.end(JSON.stringify(answer))
      }
    })
  }
}

/** Text sent as it is, for replies that are not what JSON.stringify would write. */
export function raw(text: string, status = 200, headers: Record<string, string> = {}): Answer {
  return (_received: ReceivedRequest, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json", ...headers })
    response.end(text)
  }
}

/** An error envelope under any HTTP status. */
export function refusal(error: Record<string, unknown>, status = 400, headers: Record<string, string> = {}): Answer {
  return raw(JSON.stringify({ error: { message: "refused", type: "OAuthException", fbtrace_id: "Trace1", ...error } }), status, headers)
}

/** Takes the request and closes the connection without a word. */
export function hangUp(): Answer {
  return (_received: ReceivedRequest, _response: ServerResponse, socket: Socket) => socket.destroy()
}

/** Sends half of what the head promises and closes. */
export function halfReply(text: string): Answer {
  return (_received: ReceivedRequest, response: ServerResponse, socket: Socket) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": String(text.length * 2) })
    response.write(text, () => socket.destroy())
  }
}

export const TOKEN = "EAAtest0token0of0the0system0user"
export const APP_SECRET = "a-very-secret-app-secret"

/** A client for the server, with short times. */
export function clientFor(
  server: { url: string },
  connection: Partial<GraphConnection> = {},
  options: GraphClientOptions = {}
): GraphClient {
  return createGraphClient(
    { graphUrl: server.url, version: "v26.0", accessToken: TOKEN, ...connection },
    { headersTimeoutMs: 2000, bodyTimeoutMs: 2000, ...options }
  )
}

/** The error a promise is rejected with; fails the test when it is not. */
export async function rejection<E extends Error>(promise: Promise<unknown>, kind: new (...parameters: never[]) => E): Promise<E> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error })
  )
  if ("value" in outcome) {
    throw new Error(`expected a rejection, got ${JSON.stringify(outcome.value)}`)
  }
  if (!(outcome.error instanceof kind)) {
    throw outcome.error
  }
  return outcome.error
}

export async function collect<T>(elements: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const element of elements) {
    all.push(element)
  }
  return all
}
