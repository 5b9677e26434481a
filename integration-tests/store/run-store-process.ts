import { spawn, type ChildProcess } from "node:child_process"
import { createWriteStream } from "node:fs"
import { join } from "node:path"

const root = join(__dirname, "..", "..")
const keptCharacters = 200_000

/** A child process of a store and what it has written. */
export interface StoreProcess {
  child: ChildProcess
  /** The end of its output, both streams. */
  logs(): string
  /** Exit code, or null when a signal ended it. Resolves once. */
  ended: Promise<number | null>
}

/**
 * Runs one task of `store-process.ts`. The child is in a process group of its own, so a Ctrl-C in the terminal reaches
 * only us and we end it in order; it ends by itself when this process is gone.
 * @param environment is added to this process's, where undefined removes a variable
 * @param logFile also gets the output
 */
export function runStoreProcess(task: "migrate" | "seed" | "import" | "serve", { environment, logFile }: ProcessSettings): StoreProcess {
  const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "store-process.ts"), task], {
    cwd: root,
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, MEDUSA_DISABLE_TELEMETRY: "true", ...environment },
  })
  const file = logFile ? createWriteStream(logFile, { flags: "a" }) : undefined
  let kept = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf-8")
    stream?.on("data", (text: string) => {
      kept = (kept + text).slice(-keptCharacters)
      file?.write(text)
    })
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => {
      file?.end()
      resolve(code)
    })
  })
  return { child, logs: () => kept, ended }
}

export interface ProcessSettings {
  environment: Record<string, string | undefined>
  logFile?: string
}

/**
 * Runs a task to its end.
 * @throws Error with the end of its output when it fails
 */
export async function finishStoreProcess(task: "migrate" | "seed" | "import", settings: ProcessSettings): Promise<void> {
  const running = runStoreProcess(task, settings)
  const code = await running.ended
  if (code !== 0) {
    throw new Error(`The store's "${task}" failed (${code}). The end of its log:\n${lastLines(running.logs(), 30)}`)
  }
}

/** The last lines of a text, for an error message. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n")
}
