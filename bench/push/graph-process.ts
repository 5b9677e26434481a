import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { SandboxControl } from "../../integration-tests/graph-sandbox/control"

/** A Graph sandbox in a process of its own, so that its work does not count as the push's or the floor's. */
export type GraphProcess = { url: string; control: SandboxControl; stop(): Promise<void> }

/**
 * Starts the sandbox on its own database, which is created when it does not exist.
 *
 * @throws Error when it ends before it listens; its own words are on stderr then.
 */
export async function startGraphProcess(databaseUrl: string): Promise<GraphProcess> {
  const main = join(__dirname, "..", "..", "integration-tests", "graph-sandbox", "main.ts")
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, GRAPH_SANDBOX_DATABASE_URL: databaseUrl },
  })
  const ended = once(child, "exit")
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([
    once(lines, "line"),
    ended.then(([code]) => Promise.reject(new Error(`the Graph sandbox ended with ${code} before it listened`))),
  ])
  const url = /http:\S+$/.exec(String(line))?.[0]
  if (!url) {
    throw new Error(`the Graph sandbox named no address: ${line}`)
  }
  return {
    url,
    control: new SandboxControl(url),
    stop: async () => {
      child.kill("SIGTERM")
      await ended
    },
  }
}
