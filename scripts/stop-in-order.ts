type Stop = () => void | Promise<void>

const stops: Stop[] = []
let stopping: Promise<void> | undefined

/**
 * Remembers how to end something that was started. Whatever was started last ends first, so that nothing loses the
 * server it stands on; this also holds when a signal ends the process.
 */
export function onStop(stop: Stop): void {
  stops.push(stop)
}

/** Ends everything remembered, once, however often it is called. A failing stop is reported and does not hold up the others. */
export function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) {
      try {
        await stop()
      } catch (error) {
        console.error(`While stopping: ${error instanceof Error ? error.message : error}`)
      }
    }
  })()
  return stopping
}

/** Whether the end has begun. */
export function isStopping(): boolean {
  return stopping !== undefined
}

let interrupted: number | undefined

/** From now on a Ctrl-C is how the command is meant to end, not a failure. */
export function interruptIsTheEnd(): void {
  interrupted = 0
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  process.on(signal, () => {
    void stopAll().then(() => process.exit(interrupted ?? code))
  })
}
