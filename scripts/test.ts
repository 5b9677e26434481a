import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { availableParallelism, totalmem } from "node:os"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { startPostgres } from "./embedded-postgres"
import { onStop, stopAll } from "./stop-in-order"

const suites = ["unit", "integration:modules", "model", "integration:http", "browser"] as const
type Suite = (typeof suites)[number]

const root = join(__dirname, "..")
const resultFile = join(root, ".cache", "test-results", `${process.pid}.json`)

/** A store and its tests take about this much memory, PostgreSQL's included. */
const BYTES_PER_PROCESS = 3e9
const MOST_PROCESSES = 4

/** What jest writes with --json, as far as it is read here. */
interface JestResult {
  numPassedTests: number
  numFailedTests: number
  /** Files that broke before any of their tests ran. */
  numRuntimeErrorTestSuites: number
  numTotalTestSuites: number
}

/**
 * `npm test`: runs the suites on one PostgreSQL, as many files at a time as the machine has cores for, and prints the sum as its
 * last line. `--suite <name>` keeps one suite (may be repeated), everything else goes to jest: a path, -t, -u, --maxWorkers.
 * Ends with 1 when a test failed or none ran.
 */
async function main(): Promise<number> {
  const { chosen, jestArguments, runs } = readArguments(process.argv.slice(2))
  const postgres = await startPostgres({ name: "test" })
  onStop(() => postgres.stop())
  const fileDirectory = join(root, ".cache", "files", `tests-${process.pid}`)
  onStop(() => rmSync(fileDirectory, { recursive: true, force: true }))
  mkdirSync(dirname(resultFile), { recursive: true })
  onStop(() => rmSync(resultFile, { force: true }))
  const flags = ["--selectProjects", ...chosen, "--passWithNoTests", "--json", `--outputFile=${resultFile}`, ...processes(jestArguments)]
  const code = await runJest([...flags, ...jestArguments], {
    FILE_DIR: fileDirectory,
    ...(runs ? { MODEL_RUNS: runs } : {}),
    // Medusa's test runner asks every server for TLS whose name is not "localhost".
    DB_HOST: postgres.host === "127.0.0.1" ? "localhost" : postgres.host,
    DB_PORT: String(postgres.port),
    DB_USERNAME: postgres.user,
    DB_PASSWORD: postgres.password,
    // Medusa's information lines, each with a stack trace by jest, would bury the report.
    LOG_LEVEL: process.env.LOG_LEVEL ?? "error",
  })
  const { passed, failed } = readCounts(code)
  await stopAll()
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 && passed > 0 ? 0 : 1
}

function readArguments(all: string[]): { chosen: readonly Suite[]; jestArguments: string[]; runs?: string } {
  const { values, tokens } = parseArgs({
    args: all,
    options: { suite: { type: "string", multiple: true }, runs: { type: "string" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const ours = new Set(
    tokens.flatMap((token) => (token.kind === "option" && ["suite", "runs"].includes(token.name) ? [token.index, ...(token.inlineValue ? [] : [token.index + 1])] : [])),
  )
  const named = (values.suite ?? []) as string[]
  const unknown = named.filter((name) => !suites.some((suite) => suite === name))
  if (unknown.length > 0) {
    throw new Error(`There is no suite "${unknown.join('", "')}". The suites are ${suites.join(", ")}.`)
  }
  return {
    chosen: named.length > 0 ? suites.filter((suite) => named.includes(suite)) : suites,
    jestArguments: all.filter((_argument, index) => !ours.has(index)),
    runs: values.runs as string | undefined,
  }
}

/** Half of a test's time is waiting, so every core may have a file of its own, as far as the memory goes. */
function processes(jestArguments: string[]): string[] {
  if (jestArguments.some((argument) => /^(-i|-w|--runInBand|--maxWorkers)/.test(argument))) {
    return []
  }
  const count = Math.min(availableParallelism(), Math.floor(totalmem() / BYTES_PER_PROCESS), MOST_PROCESSES)
  // Every file that boots Medusa leaves some of it in its process, which therefore is replaced now and then.
  return count > 1 ? [`--maxWorkers=${count}`, "--workerIdleMemoryLimit=1500MB"] : ["--runInBand"]
}

function readCounts(code: number | null): { passed: number; failed: number } {
  if (!existsSync(resultFile)) {
    console.log(`jest ended with ${code} and left no result, which counts as a failure.`)
    return { passed: 0, failed: 1 }
  }
  const result = JSON.parse(readFileSync(resultFile, "utf-8")) as JestResult
  if (result.numTotalTestSuites === 0) {
    console.log("No test file fits the arguments.")
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites
  // A jest that ends badly without a failed test (a coverage threshold, a crash at the end) is a failure all the same.
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed }
}

function runJest(flags: string[], environment: Record<string, string>): Promise<number | null> {
  const jest = join(root, "node_modules", "jest", "bin", "jest.js")
  const child = spawn(process.execPath, ["--experimental-vm-modules", "--no-warnings", jest, "--forceExit", ...flags], {
    cwd: root,
    // A group of its own, so that its workers can be ended with it.
    detached: process.platform !== "win32",
    // jest prints its report to the error stream and, with --json, where the result went to the other.
    stdio: ["inherit", "ignore", "inherit"],
    // TEST_TYPE would choose one suite.
    env: { ...process.env, ...environment, TEST_TYPE: "" },
  })
  onStop(() => endGroup(child))
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
}

/** Ends a process and those it started, and waits for it: what it stands on is stopped next. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
    return
  }
  const closed = once(child, "close")
  if (process.platform === "win32") {
    child.kill()
  } else {
    process.kill(-child.pid, "SIGTERM")
  }
  await closed
}

main().then(
  (code) => process.exit(code),
  async (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    await stopAll()
    process.exit(1)
  },
)
