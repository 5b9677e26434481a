import { setTimeout as wait } from "node:timers/promises"
import type { Pool } from "undici"

/** Where and as whom the floor calls. */
export type FloorTarget = { pool: Pool; metaCatalogId: string; token: string }

const POLL_EVERY_MS = 50

/**
 * The least a push can do: posts prebuilt `items_batch` bodies one after the other, then asks about every open handle each
 * 50 ms until all have ended. No database, no check of any value.
 *
 * @throws Error when a call is refused or a batch ends in anything but "finished" without errors.
 */
export async function runFloor(target: FloorTarget, bodies: string[]): Promise<void> {
  const open: string[] = []
  for (const body of bodies) {
    const { handles } = (await call(target, { method: "POST", path: "items_batch", body })) as { handles: string[] }
    open.push(handles[0])
  }
  while (open.length > 0) {
    const handle = open[0]
    if (await hasEnded(target, handle)) {
      open.shift()
    } else {
      await wait(POLL_EVERY_MS)
    }
  }
}

async function hasEnded(target: FloorTarget, handle: string): Promise<boolean> {
  const query = new URLSearchParams({ handle, load_ids_of_invalid_requests: "true" })
  const { data } = (await call(target, { method: "GET", path: `check_batch_request_status?${query}` })) as {
    data: { status: string; errors_total_count: number }[]
  }
  const [{ status, errors_total_count: errors }] = data
  if (errors > 0) {
    throw new Error(`the floor's batch ${handle} has ${errors} errors`)
  }
  return status.toLowerCase() === "finished"
}

async function call({ pool, metaCatalogId, token }: FloorTarget, request: { method: "GET" | "POST"; path: string; body?: string }): Promise<unknown> {
  const { statusCode, body } = await pool.request({
    method: request.method,
    path: `/v26.0/${metaCatalogId}/${request.path}`,
    headers: { authorization: `Bearer ${token}`, ...(request.body === undefined ? {} : { "content-type": "application/json" }) },
    body: request.body,
  })
  const text = await body.text()
  if (statusCode !== 200) {
    throw new Error(`the floor's ${request.method} ${request.path} was answered with ${statusCode}: ${text}`)
  }
  return JSON.parse(text)
}
