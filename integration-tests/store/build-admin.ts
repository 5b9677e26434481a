import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { sourceHash } from "./source-hash"

const root = join(__dirname, "..", "..")

/**
 * Builds Medusa's admin with the plugin's extensions to where Medusa serves it from when NODE_ENV is not "development".
 * Built again only when src/admin or a package changed; takes about 25 seconds then. Works for any port, since the admin
 * calls the server it came from.
 * @throws Error with the bundler's messages
 */
export async function buildAdmin(): Promise<void> {
  const target = join(root, "public", "admin")
  const mark = join(target, ".source-hash")
  const wanted = sourceHash(["src/admin", "package-lock.json"])
  if (existsSync(mark) && readFileSync(mark, "utf-8") === wanted) {
    return
  }
  const fresh = join(root, ".cache", `admin-${process.pid}`)
  try {
    await bundle(fresh)
    writeFileSync(join(fresh, ".source-hash"), wanted)
    mkdirSync(dirname(target), { recursive: true })
    rmSync(target, { recursive: true, force: true })
    renameSync(fresh, target)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

const script = `
  const [outDir, adminSource] = process.argv.slice(1)
  require("@medusajs/admin-bundler")
    .build({ disable: false, path: "/app", backendUrl: "/", sources: [adminSource], plugins: [], outDir })
    .catch((error) => { console.error(error); process.exit(1) })
`

/** In a process of its own: the bundler takes close to two gigabytes, which a test or demo process would keep. */
function bundle(outDir: string): Promise<void> {
  const child = spawn(process.execPath, ["-e", script, outDir, join(root, "src", "admin")], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production" },
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => (output += chunk))
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`The admin could not be built:\n${output.slice(-4000)}`))))
  })
}
