import { setTimeout as sleep } from "node:timers/promises"

/** Waits until `look` answers something, asking ten times a second. The limit suits a machine that does much else beside. */
export async function until<Found>(what: string, look: () => Promise<Found | null | undefined | false>, seconds = 90): Promise<Found> {
  const end = Date.now() + seconds * 1_000
  for (;;) {
    const found = await look()
    if (found) {
      return found
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${seconds} s in vain: ${what}`)
    }
    await sleep(100)
  }
}
