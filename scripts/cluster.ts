import { spawn } from "node:child_process"
import { join } from "node:path"
import { startPostgres } from "./embedded-postgres"
import { startRedis } from "./redis-server"
import { onStop, stopAll } from "./stop-in-order"

const root = join(__dirname, "..")

/**
 * `npm run test:cluster`: a server and two worker processes of one store on one PostgreSQL and one Redis. Everything after
 * the command goes to jest. Ends with jest's exit code.
 */
async function main(): Promise<number> {
  const redis = await startRedis()
  onStop(() => redis.stop())
  const postgres = await startPostgres({ name: "cluster" })
  onStop(() => postgres.stop())
  const code = await runJest(process.argv.slice(2), {
    TEST_TYPE: "cluster",
    REDIS_URL: redis.url,
    DB_HOST: postgres.host,
    DB_PORT: String(postgres.port),
    DB_USERNAME: postgres.user,
    DB_PASSWORD: postgres.password,
  })
  await stopAll()
  return code
}

function runJest(flags: string[], environment: Record<string, string>): Promise<number> {
  const jest = join(root, "node_modules", "jest", "bin", "jest.js")
  const child = spawn(process.execPath, ["--experimental-vm-modules", "--no-warnings", jest, "--runInBand", "--forceExit", ...flags], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  })
  onStop(() => {
    child.kill()
  })
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => resolve(code ?? 1))
  })
}

main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : error}\n`)
    await stopAll()
    process.exit(1)
  },
)
