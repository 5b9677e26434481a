import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startPostgres } from "./embedded-postgres"
import { onStop, stopAll } from "./stop-in-order"

const suites = ["unit", "integration:modules", "integration:http", "browser"] as const
type Suite = (typeof suites)[number]

interface Counts {
  passed: number
  failed: number
}

const root = join(__dirname, "..")
const resultDirectory = join(root, ".cache", "test-results")

/** What jest writes with --json, as far as it is read here. */
interface JestResult {
  numPassedTests: number
  numFailedTests: number
  /** Files that broke before any of their tests ran. */
  numRuntimeErrorTestSuites: number
  numTotalTestSuites: number
}

/**
 * `npm test`: runs the suites one after the other on one PostgreSQL and prints the sum as its last line. `--suite <name>`
 * keeps one suite (may be repeated), everything else goes to jest: a path, -t, -u. Ends with 1 when a test failed or none ran.
 */
async function main(): Promise<number> {
  const { chosen, jestArguments } = readArguments(process.argv.slice(2))
  const postgres = await startPostgres({ name: "test" })
  onStop(() => postgres.stop())
  const fileDirectory = join(root, ".cache", "files", `tests-${process.pid}`)
  onStop(() => rmSync(fileDirectory, { recursive: true, force: true }))
  const environment = {
    FILE_DIR: fileDirectory,
    // Medusa's test runner asks every server for TLS whose name is not "localhost".
    DB_HOST: postgres.host === "127.0.0.1" ? "localhost" : postgres.host,
    DB_PORT: String(postgres.port),
    DB_USERNAME: postgres.user,
    DB_PASSWORD: postgres.password,
    // Medusa's information lines, each with a stack trace by jest, would bury the report.
    LOG_LEVEL: process.env.LOG_LEVEL ?? "error",
  }
  const total: Counts = { passed: 0, failed: 0 }
  for (const suite of chosen) {
    const counts = await runSuite(suite, { jestArguments, environment })
    total.passed += counts.passed
    total.failed += counts.failed
  }
  await stopAll()
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

function readArguments(all: string[]): { chosen: readonly Suite[]; jestArguments: string[] } {
  const { values, tokens } = parseArgs({
    args: all,
    options: { suite: { type: "string", multiple: true } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const ours = new Set(
    tokens.flatMap((token) => (token.kind === "option" && token.name === "suite" ? [token.index, ...(token.inlineValue ? [] : [token.index + 1])] : [])),
  )
  const named = (values.suite ?? []) as string[]
  const unknown = named.filter((name) => !suites.some((suite) => suite === name))
  if (unknown.length > 0) {
    throw new Error(`There is no suite "${unknown.join('", "')}". The suites are ${suites.join(", ")}.`)
  }
  return {
    chosen: named.length > 0 ? suites.filter((suite) => named.includes(suite)) : suites,
    jestArguments: all.filter((_argument, index) => !ours.has(index)),
  }
}

interface Run {
  jestArguments: string[]
  environment: Record<string, string>
}

async function runSuite(suite: Suite, { jestArguments, environment }: Run): Promise<Counts> {
  console.log(`\n── ${suite} ${"─".repeat(Math.max(0, 60 - suite.length))}`)
  mkdirSync(resultDirectory, { recursive: true })
  const resultFile = join(resultDirectory, `${suite.replace(":", "-")}-${process.pid}.json`)
  onStop(() => rmSync(resultFile, { force: true }))
  const code = await runJest(["--json", `--outputFile=${resultFile}`, "--passWithNoTests", ...jestArguments], { ...environment, TEST_TYPE: suite })
  if (!existsSync(resultFile)) {
    console.log(`${suite}: jest ended with ${code} and left no result, which counts as a failure.`)
    return { passed: 0, failed: 1 }
  }
  const result = JSON.parse(readFileSync(resultFile, "utf-8")) as JestResult
  if (result.numTotalTestSuites === 0) {
    console.log(`${suite}: skipped, no test file${jestArguments.length > 0 ? " fits the arguments" : " exists"}.`)
    return { passed: 0, failed: 0 }
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites
  // A jest that ends badly without a failed test (a coverage threshold, a crash at the end) is a failure all the same.
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed }
}

function runJest(flags: string[], environment: Record<string, string>): Promise<number | null> {
  const jest = join(root, "node_modules", "jest", "bin", "jest.js")
  const child = spawn(process.execPath, ["--experimental-vm-modules", "--no-warnings", jest, "--runInBand", "--forceExit", ...flags], {
    cwd: root,
    // jest prints its report to the error stream and, with --json, where the result went to the other.
    stdio: ["inherit", "ignore", "inherit"],
    env: { ...process.env, ...environment },
  })
  onStop(() => {
    child.kill()
  })
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
}

main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    await stopAll()
    process.exit(1)
  },
)
