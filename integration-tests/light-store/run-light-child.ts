import { fork } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { ChildWord } from "./light-child"
import type { LightPlace } from "./light-process"

/** A worker process that has booted and waits for its word to begin. */
export type LightChild = {
  /** Lets it begin to work. */
  begin(): void
  /** Ends it as kill −9 does, and resolves when it is gone. */
  kill(): Promise<void>
  /** Its memory in bytes, as it said last; 0 before. */
  rss(): number
  /** The end of what it has written. */
  logs(): string
}

const KEPT_CHARACTERS = 20_000

/**
 * Starts a worker process on a light store.
 *
 * @throws Error with its output when it ends before it has booted.
 */
export async function runLightChild(place: LightPlace): Promise<LightChild> {
  const child = fork(join(__dirname, "light-child.ts"), {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, LIGHT_PLACE: JSON.stringify(place), MEDUSA_DISABLE_TELEMETRY: "true", NODE_OPTIONS: "" },
  })
  let logs = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text) => {
      logs = (logs + String(text)).slice(-KEPT_CHARACTERS)
    })
  }
  let rss = 0
  const gone = once(child, "exit")
  await new Promise<void>((resolve, reject) => {
    child.on("message", (message: ChildWord) => {
      if (message.word === "memory") {
        rss = message.rss
      } else {
        resolve()
      }
    })
    gone.then(([code]) => reject(new Error(`a worker process ended with ${code} before it had booted:\n${logs}`)), reject)
  })
  return {
    begin: () => void child.send("begin"),
    kill: async () => {
      child.kill("SIGKILL")
      await gone
    },
    rss: () => rss,
    logs: () => logs,
  }
}
