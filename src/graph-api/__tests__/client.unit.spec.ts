import { createHmac } from "node:crypto"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { z } from "@medusajs/framework/zod"
import { Agent } from "undici"
import { createGraphClient, type GraphUsage } from "../client"
import { GraphConnectionError, GraphError } from "../graph-error"
import { graphId } from "../reply-values"
import { APP_SECRET, clientFor, halfReply, hangUp, raw, refusal, rejection, ScriptedServer, TOKEN, type Answer } from "./scripted-server"

const anything = z.looseObject({})
const READ = { method: "GET" as const, path: "880012" }
const WRITE = { method: "POST" as const, path: "880012/items_batch", json: { item_type: "PRODUCT_ITEM" } }

const open: { stop(): Promise<void> }[] = []

async function serve(...script: Answer[]) {
  const server = await ScriptedServer.start(...script)
  open.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()))
})

describe("what goes over the wire", () => {
  it("carries the token in a header and never in the address", async () => {
    const server = await serve({})
    await clientFor(server).request({ ...READ, query: { fields: "id,name", limit: undefined } }, anything)
    const [request] = server.received
    expect(request.headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect(request.url.href).not.toContain(TOKEN)
    expect(request.url.pathname).toBe("/v26.0/880012")
    expect(Object.fromEntries(request.url.searchParams)).toEqual({ fields: "id,name" })
  })

  it("puts the app secret proof into the query of reads and writes, as hex of an HMAC over the token", async () => {
    const server = await serve({})
    const client = clientFor(server, { appSecret: APP_SECRET })
    await client.request(READ, anything)
    await client.request(WRITE, anything)
    const proof = createHmac("sha256", APP_SECRET).update(TOKEN).digest("hex")
    expect(server.received.map(({ url }) => url.searchParams.get("appsecret_proof"))).toEqual([proof, proof])
    expect(server.received[1].body).toBe('{"item_type":"PRODUCT_ITEM"}')
  })

  it("keeps a path prefix of the Graph address and drops blanks around a pasted token", async () => {
    const server = await serve({})
    await clientFor({ url: `${server.url}/meta/` }, { accessToken: ` ${TOKEN}\n` }).request(READ, anything)
    expect(server.received[0].url.pathname).toBe("/meta/v26.0/880012")
    expect(server.received[0].headers.authorization).toBe(`Bearer ${TOKEN}`)
  })

  it("keeps connections open for calls one after another", async () => {
    const server = await serve({})
    const client = clientFor(server)
    for (let call = 0; call < 10; call++) {
      await client.request(READ, anything)
    }
    // undici may take a second connection while it tidies up the first.
    expect(server.connections).toBeLessThanOrEqual(2)
    await client.close()
  })

  it("never writes a second call behind an unanswered one", async () => {
    let running = 0
    let mostPerSocket = 0
    const perSocket = new WeakMap<object, number>()
    const server = await serve(((_received: unknown, response: import("node:http").ServerResponse, socket: object) => {
      perSocket.set(socket, (perSocket.get(socket) ?? 0) + 1)
      running++
      mostPerSocket = Math.max(mostPerSocket, perSocket.get(socket) ?? 0)
      setTimeout(() => {
        perSocket.set(socket, (perSocket.get(socket) ?? 1) - 1)
        running--
        response.end("{}")
      }, 20)
    }) as Answer)
    const client = clientFor(server)
    await Promise.all(Array.from({ length: 20 }, () => client.request(WRITE, anything)))
    expect(running).toBe(0)
    expect(mostPerSocket).toBe(1)
    expect(server.received).toHaveLength(20)
    await client.close()
  })

  it("leaves a dispatcher it was given open when it closes", async () => {
    const server = await serve({})
    const dispatcher = new Agent()
    const client = clientFor(server, {}, { dispatcher })
    await client.request(READ, anything)
    await client.close()
    await expect(client.request(READ, anything)).resolves.toEqual({})
    await dispatcher.close()
  })
})

describe("a connection that cannot be used", () => {
  it.each([
    ["version", { version: "26" }],
    ["version", { version: "v26.0/../v1.0" }],
    ["graphUrl", { graphUrl: "graph.facebook.com" }],
    ["graphUrl", { graphUrl: "ftp://graph.facebook.com" }],
    ["graphUrl", { graphUrl: "https://user:pw@graph.facebook.com" }],
    ["accessToken", { accessToken: "  " }],
    ["accessToken", { accessToken: "EAA one\r\nX-Evil: 1" }],
  ])("names the field %s when given %j", (field, wrong) => {
    const connection = { graphUrl: "https://graph.facebook.com", version: "v26.0", accessToken: TOKEN, ...wrong }
    try {
      createGraphClient(connection)
    } catch (error) {
      expect(error).toBeInstanceOf(GraphConnectionError)
      expect(error).toMatchObject({ field })
      return
    }
    throw new Error("was accepted")
  })
})

describe("error envelopes", () => {
  const details = {
    code: 100,
    error_subcode: 1803009,
    is_transient: false,
    error_user_title: "Invalid Date Range",
    error_user_msg: "The sale must end after it starts.",
  }

  it.each([200, 400, 401, 403, 500, 503])("are recognised under HTTP %d and leave the call not applied", async (status) => {
    const server = await serve(refusal(details, status))
    const error = await rejection(clientFor(server).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({
      kind: "envelope",
      outcome: "not_applied",
      status,
      code: 100,
      subcode: 1803009,
      isTransient: false,
      fbtraceId: "Trace1",
      userTitle: "Invalid Date Range",
      userMessage: "The sale must end after it starts.",
    })
    expect(error.message).toContain("POST 880012/items_batch")
    expect(error.message).toContain("The sale must end after it starts.")
  })

  it("are read when everything but the code is missing or odd", async () => {
    const server = await serve(raw('{"error":{"code":"190","is_transient":1,"error_subcode":null,"message":null}}', 500))
    const error = await rejection(clientFor(server).request(READ, anything), GraphError)
    expect(error).toMatchObject({ kind: "envelope", code: 190, subcode: null, isTransient: true, userMessage: null, fbtraceId: null })
  })

  it("are not sent again, not even for a read", async () => {
    const server = await serve(refusal({ code: 2, is_transient: true }, 500))
    await rejection(clientFor(server).request(READ, anything), GraphError)
    expect(server.received).toHaveLength(1)
  })
})

describe("secrets", () => {
  it("do not end in any text of an error, whatever Meta or a proxy quotes", async () => {
    const proof = createHmac("sha256", APP_SECRET).update(TOKEN).digest("hex")
    const quoted = [
      `Malformed access token ${TOKEN}`,
      `url https://meta:pass-word@shop.test/feeds/secret-path/full.csv`,
      `https://graph.facebook.com/x?access_token=ANOTHERTOKEN&appsecret_proof=${proof}`,
      `Authorization: Basic bWV0YTpwYXNzLXdvcmQ=`,
      `secret ${APP_SECRET}`,
      `token EAAGm0PX4ZCpsBAotherToken000`,
    ].join(" ; ")
    const server = await serve(refusal({ code: 100, message: quoted, error_user_msg: quoted, error_user_title: quoted, fbtrace_id: TOKEN }))
    const client = clientFor(server, { appSecret: APP_SECRET })
    const error = await rejection(client.request({ ...WRITE, secrets: ["https://shop.test/feeds/secret-path/full.csv", "secret-path"] }, anything), GraphError)
    const everything = [error.message, error.stack, JSON.stringify(error), String(error)].join("\n")
    for (const secret of [TOKEN, APP_SECRET, proof, "ANOTHERTOKEN", "pass-word", "secret-path", "bWV0YTpwYXNzLXdvcmQ=", "EAAGm0PX4ZCpsBAotherToken000"]) {
      expect(everything).not.toContain(secret)
    }
    expect(error.userMessage).toContain("Malformed access token [hidden]")
  })
})

describe("a lost write", () => {
  it("has an unknown outcome when the connection breaks after the request was sent, and is not sent again", async () => {
    const server = await serve(hangUp(), {})
    const error = await rejection(clientFor(server).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "unknown", status: null, code: null })
    expect(server.received).toHaveLength(1)
  })

  it("has an unknown outcome when half a reply arrives", async () => {
    const server = await serve(halfReply('{"handles":["Ac'))
    expect(await rejection(clientFor(server).request(WRITE, anything), GraphError)).toMatchObject({ kind: "network", outcome: "unknown", status: 200 })
  })

  it("has an unknown outcome when no reply comes in time", async () => {
    const server = await serve((() => undefined) as Answer)
    const error = await rejection(clientFor(server, {}, { headersTimeoutMs: 200 }).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "unknown", systemCode: "UND_ERR_HEADERS_TIMEOUT" })
  })

  it("has an unknown outcome when a reply drips on beyond the deadline", async () => {
    const server = await serve(((_received: unknown, response: import("node:http").ServerResponse) => {
      response.write("{")
      const drip = setInterval(() => response.write(" "), 20)
      response.on("close", () => clearInterval(drip))
    }) as Answer)
    const error = await rejection(clientFor(server, {}, { deadlineMs: 300 }).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "unknown", systemCode: "DEADLINE" })
  })

  it.each([
    ["an empty reply", raw("", 200)],
    ["a proxy's page", raw("<html>Bad gateway</html>", 502, { "content-type": "text/html" })],
    ["JSON cut short", raw('{"handles":["Ac', 200)],
    ["a result under an error status", raw('{"handles":["Ac"]}', 503)],
    ["an error without Meta's code", raw('{"error":"Bad gateway"}', 502)],
    ["a redirect", raw("", 302, { location: "http://127.0.0.1:1/elsewhere" })],
    ["a reply of another shape", raw('{"handles":5}', 200)],
  ])("has an unknown outcome for %s", async (_name, answer) => {
    const server = await serve(answer)
    const error = await rejection(clientFor(server).request(WRITE, z.looseObject({ handles: z.array(z.string()) })), GraphError)
    expect(error).toMatchObject({ kind: "unreadable", outcome: "unknown" })
    expect(server.received).toHaveLength(1)
  })

  it("has an unknown outcome and stops reading when the reply is larger than allowed", async () => {
    const server = await serve(raw(JSON.stringify({ text: "x".repeat(200_000) })))
    const error = await rejection(clientFor(server, {}, { maxReplyBytes: 100_000 }).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({ kind: "unreadable", outcome: "unknown", systemCode: "REPLY_TOO_LARGE" })
  })

  it("was not applied when no connection could be made", async () => {
    const server = await serve({})
    await server.stop()
    const error = await rejection(clientFor(server).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "not_applied", systemCode: "ECONNREFUSED" })
  })

  it("was not applied when the TLS handshake breaks, because nothing of the call had left yet", async () => {
    const server = createServer((socket) => socket.on("data", () => socket.destroy()))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    open.push({ stop: () => new Promise((resolve) => server.close(() => resolve())) })
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const error = await rejection(clientFor({ url }).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "not_applied" })
  })

  it("was not applied when it was given up while it waited for a free connection", async () => {
    const server = await serve((() => undefined) as Answer)
    const controller = new AbortController()
    const client = clientFor(server, {}, { signal: controller.signal })
    const calls = Array.from({ length: 9 }, () => rejection(client.request(WRITE, anything), GraphError))
    while (server.received.length < 8) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    controller.abort()
    const outcomes = (await Promise.all(calls)).map(({ outcome, systemCode }) => `${systemCode} ${outcome}`)
    expect(outcomes.filter((outcome) => outcome === "ABORTED unknown")).toHaveLength(8)
    expect(outcomes.filter((outcome) => outcome === "ABORTED not_applied")).toHaveLength(1)
  })

  it("is refused at once by a client whose signal was aborted before", async () => {
    const server = await serve({})
    const error = await rejection(clientFor(server, {}, { signal: AbortSignal.abort() }).request(WRITE, anything), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "not_applied", systemCode: "ABORTED" })
    expect(server.received).toHaveLength(0)
  })
})

describe("a lost read", () => {
  it("is tried again until it comes through", async () => {
    const server = await serve(hangUp(), raw("<html/>", 502), { id: "1" })
    await expect(clientFor(server).request(READ, anything)).resolves.toEqual({ id: "1" })
    expect(server.received).toHaveLength(3)
  })

  it("is given up after three tries and changed nothing", async () => {
    const server = await serve(hangUp())
    expect(await rejection(clientFor(server).request(READ, anything), GraphError)).toMatchObject({ kind: "network", outcome: "not_applied" })
    expect(server.received).toHaveLength(3)
  })

  it("is not tried again when its reply is whole but of another shape", async () => {
    const server = await serve({ id: true })
    const error = await rejection(clientFor(server).request(READ, z.object({ id: graphId })), GraphError)
    expect(error).toMatchObject({ kind: "unreadable", outcome: "not_applied" })
    expect(error.message).toContain("id:")
    expect(server.received).toHaveLength(1)
  })

  it("is not tried again once the client's signal is aborted", async () => {
    const controller = new AbortController()
    const server = await serve(((_received: unknown, _response: unknown, socket: import("node:net").Socket) => {
      controller.abort()
      socket.destroy()
    }) as Answer)
    expect(await rejection(clientFor(server, {}, { signal: controller.signal }).request(READ, anything), GraphError)).toMatchObject({ outcome: "not_applied" })
    expect(server.received).toHaveLength(1)
  })
})

describe("usage headers", () => {
  const entry = (type: string, call_count: number, wait = 0) => ({
    type,
    call_count,
    total_cputime: 1,
    total_time: 2,
    estimated_time_to_regain_access: wait,
  })

  it("report the worst entry over all businesses, whatever the spelling of the header", async () => {
    const business = JSON.stringify({
      "443322110099": [entry("catalog_management", 12), entry("catalog_batch", 60, 7)],
      "9": [entry("ads_management", 100)],
    })
    const server = await serve(raw("{}", 200, { "x-BUSINESS-use-case-USAGE": business, "X-App-Usage": '{"call_count":99,"total_time":1,"total_cputime":1}' }))
    const usages: GraphUsage[] = []
    await clientFor(server, {}, { onUsage: (usage) => usages.push(usage) }).request(READ, anything)
    expect(usages).toEqual([{ type: "catalog_batch", callCount: 60, totalTime: 2, totalCpuTime: 1, regainAccessMinutes: 7 }])
  })

  it("are reported and attached for refused calls too", async () => {
    const usage = JSON.stringify({ "1": [entry("catalog_batch", 100, 12)] })
    const server = await serve(refusal({ code: 80014 }, 400, { "X-Business-Use-Case-Usage": usage }))
    const usages: GraphUsage[] = []
    const error = await rejection(clientFor(server, {}, { onUsage: (seen) => usages.push(seen) }).request(WRITE, anything), GraphError)
    expect(error.usage).toEqual({ type: "catalog_batch", callCount: 100, totalTime: 2, totalCpuTime: 1, regainAccessMinutes: 12 })
    expect(usages).toEqual([error.usage])
  })

  it("take the application's budget when it is the fuller one", async () => {
    const server = await serve(
      raw("{}", 200, {
        "X-Business-Use-Case-Usage": JSON.stringify({ "1": [entry("catalog_batch", 10)] }),
        "X-App-Usage": '{"call_count":28,"total_time":9,"total_cputime":80}',
      })
    )
    const usages: GraphUsage[] = []
    await clientFor(server, {}, { onUsage: (usage) => usages.push(usage) }).request(READ, anything)
    expect(usages).toEqual([{ type: "app", callCount: 28, totalTime: 9, totalCpuTime: 80, regainAccessMinutes: 0 }])
  })

  it.each(["", "nonsense", "[]", '{"1":"full"}', '{"1":[]}'])("do not harm the call when they read %j", async (value) => {
    const server = await serve(raw('{"id":"1"}', 200, { "X-Business-Use-Case-Usage": value, "X-App-Usage": "null" }))
    const usages: GraphUsage[] = []
    const client = clientFor(server, {}, { onUsage: (usage) => usages.push(usage) })
    await expect(client.request(READ, anything)).resolves.toEqual({ id: "1" })
    expect(usages).toEqual([])
  })
})
