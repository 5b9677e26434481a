import type { SandboxBatch } from "../graph-sandbox"

/** Retailer ids that one call holds more than once, each with the handle of that call. Meta wants an id once per call (CONTRACT 3.1). */
export function sentTwiceInOneCall(batches: SandboxBatch[]): string[] {
  return batches.flatMap(({ handle, requests }) => {
    const ids = requests.map(({ data }) => data.id)
    return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} in ${handle}`)
  })
}

/** Items of a call that came in before Meta had finished an earlier call with the same item. */
export function sentWhileInFlight(batches: SandboxBatch[]): string[] {
  const busyUntil = new Map<string, number>()
  const found: string[] = []
  for (const { requests, received_at, finished_at } of [...batches].sort((a, b) => Date.parse(a.received_at) - Date.parse(b.received_at))) {
    for (const { data } of requests) {
      if (Date.parse(received_at) < (busyUntil.get(data.id) ?? 0)) {
        found.push(`${data.id} at ${received_at}`)
      }
      busyUntil.set(data.id, finished_at ? Date.parse(finished_at) : Infinity)
    }
  }
  return found
}
