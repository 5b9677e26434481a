import type { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { authenticate, type Credentials } from "./auth"
import { CallEntity } from "./entities/call"
import { discardFiles, readBody, uniqueParams, type ReceivedBody } from "./encodings"
import { badParameter, GraphError, type GraphErrorDetails } from "./errors"
import type { FaultAction } from "./faults"
import { deliver, envelopeReply, resultReply, type Delivery, type Reply } from "./graph-replies"
import type { GraphMethod, GraphRequest } from "./graph-request"
import { THROTTLE, usageHeader } from "./quotas"
import { route } from "./routes"
import { resolveVersion } from "./versions"
import type { World } from "./world"

const SECRET = /token|proof|password|secret|username/i

/** Serves one Graph call from first byte to log line. */
export async function serveGraph(world: World, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const received = world.clock.now()
  const started = performance.now()
  const url = new URL(incoming.url ?? "/", world.url)
  const method = incoming.method ?? "GET"
  const actions = world.faults.strike(method, url.pathname)
  for (const action of actions) {
    if (action.type === "latency") {
      await sleep(action.ms, undefined, { signal: world.stopping }).catch(() => undefined)
    }
  }
  const fault = actions.find((action) => action.type !== "latency") ?? null
  const log = { bodyBytes: 0 }
  const call = { world, incoming, url, method, fault, log }
  const { reply, delivery } = await answer(call)
  await world.db.getRepository(CallEntity).insert({
    method,
    path: url.pathname,
    query: withoutSecrets(url.searchParams),
    status: delivery === "none" ? null : reply.status,
    error_code: reply.error?.code ?? null,
    error_subcode: reply.error?.subcode ?? null,
    fault: actions.map((action) => action.type).join(", ") || null,
    body_bytes: log.bodyBytes,
    received_at: received,
    duration_ms: Math.round(performance.now() - started),
  })
  deliver(outgoing, incoming, reply, delivery)
}

type Call = { world: World; incoming: IncomingMessage; url: URL; method: string; fault: FaultAction | null; log: { bodyBytes: number } }

async function answer(call: Call): Promise<{ reply: Reply; delivery: Delivery }> {
  const { fault } = call
  const nothing: Reply = { status: 0, headers: {}, body: "", error: null }
  switch (fault?.type) {
    case "reset_before":
      return { reply: nothing, delivery: "none" }
    case "http":
      return { reply: { status: fault.status, headers: fault.headers, body: fault.body, error: null }, delivery: "whole" }
    case "error":
      return { reply: await refuse(call, scriptedError(fault)), delivery: "whole" }
    case "throttle":
      return { reply: await throttle(call, fault), delivery: "whole" }
    case "reset_after":
      return { reply: await perform(call), delivery: "none" }
    case "half_reply":
      return { reply: await perform(call), delivery: "half" }
    case "apply_late":
      if (fault.reply === "reset") {
        await performLater(call, fault)
        return { reply: nothing, delivery: "none" }
      }
      return { reply: await perform(call), delivery: "whole" }
    default:
      return { reply: await perform(call), delivery: "whole" }
  }
}

async function perform(call: Call): Promise<Reply> {
  try {
    const body = await readBody(call.incoming, call.world.spool)
    call.log.bodyBytes = body.bytes
    return await apply(call, body)
  } catch (error) {
    return refusal(call, error)
  }
}

/** Takes the call in now and applies it later, when its sender has long given up. */
async function performLater(call: Call, fault: Extract<FaultAction, { type: "apply_late" }>): Promise<void> {
  const body = await readBody(call.incoming, call.world.spool)
  call.log.bodyBytes = body.bytes
  const task = {
    name: `late ${call.method} ${call.url.pathname}`,
    dueAt: new Date(call.world.clock.now().getTime() + fault.ms),
    run: async () => {
      // Late already: it is carried out now, and nothing overtakes it once more.
      await apply({ ...call, fault: { ...fault, ms: 0, after_calls: undefined } }, body).catch(() => undefined)
    },
  }
  call.world.lateCalls.queue(task, fault.after_calls === undefined ? undefined : fault.after_calls - 1)
}

async function apply(call: Call, body: ReceivedBody): Promise<Reply> {
  const { world, url, method } = call
  const headers: Record<string, string> = {}
  const files = { left: body.files }
  try {
    if (method !== "GET" && method !== "POST" && method !== "DELETE") {
      throw badParameter(`Unsupported method ${method}`)
    }
    const { version, segments } = splitPath(url)
    headers["facebook-api-version"] = resolveVersion(version, world.settings, world.clock.now())
    const { params, credentials } = takeCredentials(call, body)
    const token = await authenticate(world, credentials)
    const request: GraphRequest = {
      world,
      method: method as GraphMethod,
      segments,
      params,
      files: body.files,
      bodyBytes: body.bytes,
      token,
      fault: call.fault,
      self: selfUrl(url, credentials.token),
      replyHeaders: headers,
    }
    try {
      const result = await route(request)
      if (method !== "GET") {
        world.lateCalls.changeApplied()
      }
      return resultReply(world, result, headers)
    } finally {
      files.left = request.files
    }
  } catch (error) {
    return refusal(call, error, headers)
  } finally {
    await discardFiles(files.left)
  }
}

function splitPath(url: URL): { version: string | null; segments: string[] } {
  let segments: string[]
  try {
    segments = url.pathname.split("/").filter(Boolean).map(decodeURIComponent)
  } catch {
    throw badParameter("The path cannot be decoded")
  }
  return /^v\d+\.\d+$/.test(segments[0] ?? "") ? { version: segments[0], segments: segments.slice(1) } : { version: null, segments }
}

/** Query and body as one set of parameters, with the token and its proof taken out of their four placements (CONTRACT 1.2). */
function takeCredentials(
  { world, incoming, url }: Call,
  body: ReceivedBody
): { params: Record<string, unknown>; credentials: Credentials } {
  const query = uniqueParams(url.searchParams)
  const { access_token, appsecret_proof, appsecret_time, ...params } = { ...query, ...body.params }
  const bearer = /^Bearer +(\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1]
  const proofs = world.settings.proof_in_query_only ? query : { appsecret_proof, appsecret_time }
  return {
    params,
    credentials: {
      token: asText(access_token) ?? bearer ?? null,
      proof: asText(proofs.appsecret_proof),
      proofTime: asText(proofs.appsecret_time),
    },
  }
}

function asText(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null
}

function selfUrl(url: URL, token: string | null): URL {
  const self = new URL(url)
  if (token !== null) {
    self.searchParams.set("access_token", token)
  }
  return self
}

function refusal(call: Call, error: unknown, headers: Record<string, string> = {}): Reply {
  if (error instanceof GraphError) {
    return envelopeReply(call.world, error.details, headers)
  }
  console.error(`graph sandbox: ${call.method} ${call.url.pathname}: ${error instanceof Error ? error.stack : String(error)}`)
  return envelopeReply(call.world, { code: 1, message: "An unknown error has occurred.", isTransient: true, httpStatus: 500 }, headers)
}

/** Reads the body away and answers with an error of the script. */
async function refuse(call: Call, details: GraphErrorDetails, headers: Record<string, string> = {}): Promise<Reply> {
  const body = await readBody(call.incoming, call.world.spool).catch(() => null)
  call.log.bodyBytes = body?.bytes ?? 0
  await discardFiles(body?.files ?? [])
  return envelopeReply(call.world, details, headers)
}

function scriptedError(fault: Extract<FaultAction, { type: "error" }>): GraphErrorDetails {
  const { code, subcode, message, is_transient, http_status } = fault
  return { code, subcode, message, isTransient: is_transient, httpStatus: http_status }
}

async function throttle(call: Call, fault: Extract<FaultAction, { type: "throttle" }>): Promise<Reply> {
  const bucket = /\/(localized_)?items_batch$|\/batch$/.test(call.url.pathname) ? "catalog_batch" : "catalog_management"
  const usage = {
    type: bucket,
    call_count: 100,
    total_cputime: 60,
    total_time: 40,
    estimated_time_to_regain_access: fault.minutes,
  } as const
  const [catalog] = await call.world.db.query<{ business_id: string }[]>(
    "SELECT business_id FROM catalog WHERE id = ANY($1::text[]) LIMIT 1",
    [call.url.pathname.split("/")]
  )
  const details = fault.code === undefined ? THROTTLE[bucket] : { ...THROTTLE[bucket], code: fault.code }
  return refuse(call, details, { "x-business-use-case-usage": usageHeader(catalog?.business_id ?? "0", usage) })
}

function withoutSecrets(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !SECRET.test(name)))
}
