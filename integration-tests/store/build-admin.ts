import { spawn } from "node:child_process"
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import type { RequestHandler } from "express"
import { sourceHash } from "./source-hash"

const root = join(__dirname, "..", "..")

/** The part of Medusa's bundler that is used here; it comes with Medusa and types nothing itself. */
interface AdminBundler {
  serve(options: { path: string; outDir: string }): Promise<RequestHandler>
}

/** Medusa's own admin bundler, the version Medusa brings. */
export function adminBundler(): AdminBundler {
  return createRequire(require.resolve("@medusajs/medusa"))("@medusajs/admin-bundler") as AdminBundler
}

/**
 * Builds Medusa's admin with the plugin's extensions, once for each state of src/admin, which takes about 25 seconds.
 * The build works on any port, since the admin calls the server it came from.
 * @returns the directory of the build
 * @throws Error with the bundler's messages
 */
export async function buildAdmin(): Promise<string> {
  const target = join(root, ".cache", "admin", sourceHash(["src/admin", "package-lock.json"]))
  if (existsSync(target)) {
    return target
  }
  const unfinished = `${target}-${process.pid}`
  try {
    await bundle(unfinished)
    rmSync(target, { recursive: true, force: true })
    renameSync(unfinished, target)
    removeOldBuilds(target)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return target
}

/** The few last builds stay: a store may still serve one, and branches are switched back. */
function removeOldBuilds(newest: string): void {
  const directory = dirname(newest)
  const old = readdirSync(directory)
    .map((name) => join(directory, name))
    .sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs)
    .slice(5)
  for (const path of old) {
    rmSync(path, { recursive: true, force: true })
  }
}

const script = `
  const [outDir, adminSource, medusa] = process.argv.slice(1)
  require("node:module").createRequire(medusa)("@medusajs/admin-bundler")
    .build({ disable: false, path: "/app", backendUrl: "/", sources: [adminSource], plugins: [], outDir })
    .catch((error) => { console.error(error); process.exit(1) })
`

/** In a process of its own: the bundler takes close to two gigabytes, which a test or demo process would keep. */
function bundle(outDir: string): Promise<void> {
  const child = spawn(process.execPath, ["-e", script, outDir, join(root, "src", "admin"), require.resolve("@medusajs/medusa")], {
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
