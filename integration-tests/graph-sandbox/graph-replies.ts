import type { IncomingMessage, ServerResponse } from "node:http"
import { errorEnvelope, type GraphErrorDetails } from "./errors"
import type { World } from "./world"

/** A reply before it leaves. */
export type Reply = { status: number; headers: Record<string, string>; body: string; error: GraphErrorDetails | null }

/** How the reply leaves, or does not. */
export type Delivery = "whole" | "half" | "none"

/** The reply of a refused call. */
export function envelopeReply(world: World, details: GraphErrorDetails, headers: Record<string, string>): Reply {
  const status = details.httpStatus ?? world.settings.error_http_status
  return { status, headers: jsonHeaders(headers), body: JSON.stringify(errorEnvelope(details)), error: details }
}

function jsonHeaders(headers: Record<string, string>): Record<string, string> {
  return { "content-type": "application/json; charset=UTF-8", ...headers }
}

/** JSON text; on demand with node ids (never retailer ids, which are shorter) as bare numbers of full length, hence done on the text. */
function serialise(result: unknown, numericIds: boolean): string {
  const json = JSON.stringify(result)
  return numericIds ? json.replace(/"id":"(\d{15,})"/g, '"id":$1') : json
}

/** Sends a reply whole, in half, or destroys the socket instead. */
export function deliver(outgoing: ServerResponse, incoming: IncomingMessage, reply: Reply, delivery: Delivery): void {
  if (delivery === "none") {
    incoming.socket.destroy()
    return
  }
  const body = Buffer.from(reply.body)
  outgoing.writeHead(reply.status, { ...reply.headers, "content-length": String(body.length) })
  if (delivery === "half") {
    outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => incoming.socket.destroy())
    return
  }
  outgoing.end(body)
  incoming.resume()
}

/** The reply of a call that was carried out. */
export function resultReply(world: World, result: unknown, headers: Record<string, string>): Reply {
  return { status: 200, headers: jsonHeaders(headers), body: serialise(result, world.settings.numeric_ids), error: null }
}
