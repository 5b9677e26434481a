/** Tells what the demo is doing, a line per step with the time it took. */

/** Runs one step and prints its name before, and its time after. */
export async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const live = process.stdout.isTTY
  if (live) {
    process.stdout.write(`   ${name} …`)
  }
  try {
    const result = await run()
    console.log(`${live ? "\r\x1b[K" : ""} ✓ ${name} (${seconds(performance.now() - started)})`)
    return result
  } catch (error) {
    console.log(`${live ? "\r\x1b[K" : ""} ✗ ${name} (${seconds(performance.now() - started)})`)
    throw error
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/**
 * Asks again and again until there is an answer.
 * @param ask gives undefined for "not yet"
 * @param what completes "Waited N seconds for …" in the error
 * @throws Error when the time is over; `detail` is asked for what to add
 */
export async function waitFor<T>(what: string, { ask, seconds: limit, every = 100, detail }: Wait<T>): Promise<T> {
  const deadline = performance.now() + limit * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) {
      return answer
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${limit} seconds for ${what}.${detail ? ` ${await detail()}` : ""}`)
    }
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}

export interface Wait<T> {
  ask: () => Promise<T | undefined>
  seconds: number
  /** Milliseconds between two questions. */
  every?: number
  detail?: () => Promise<string>
}
