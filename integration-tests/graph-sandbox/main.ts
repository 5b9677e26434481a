import { parseArgs } from "node:util"
import { startSandbox } from "./server"

/** `main.ts --database-url <postgres url> [--port 4010] [--host 127.0.0.1]`: a sandbox as a process of its own. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { "database-url": { type: "string" }, port: { type: "string" }, host: { type: "string" } } })
  const databaseUrl = values["database-url"] ?? process.env.GRAPH_SANDBOX_DATABASE_URL
  if (!databaseUrl) {
    throw new Error("--database-url (or GRAPH_SANDBOX_DATABASE_URL) must name the sandbox's own PostgreSQL database")
  }
  const sandbox = await startSandbox({ databaseUrl, port: values.port === undefined ? 0 : Number(values.port), host: values.host })
  console.log(`Graph sandbox listening on ${sandbox.url}`)
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void sandbox.stop().then(() => process.exit(0)))
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
