import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

const root = join(__dirname, "..", "..")

/** An empty Medusa app with the packed plugin installed, in a directory of its own. */
export interface EmptyApp {
  directory: string
  /** Paths in the packed plugin. */
  packed: string[]
}

interface PackageJson {
  name: string
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

/** What a new Medusa app has at the top of its node_modules, besides what the plugin asks for. */
const ownPackages = [...readdirSync(join(root, "node_modules", "@medusajs")).map((name) => `@medusajs/${name}`), "react-dom"]

/**
 * Builds and packs the plugin and installs the tarball into a new app. What npm would fetch for the app and the plugin is
 * linked from our node_modules instead, and nothing else is: a package the plugin uses without declaring it is missing
 * here as in a real store. The plugin itself is no link, so Node resolves its imports from the app.
 */
export function makeEmptyApp(): EmptyApp {
  finish("npm", ["run", "build"], root)
  const directory = mkdtempSync(join(tmpdir(), "medusa-app-"))
  const [{ filename, files }] = JSON.parse(finish("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", directory], root)) as {
    filename: string
    files: { path: string }[]
  }[]
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf-8")) as PackageJson
  const home = join(directory, "node_modules", manifest.name)
  mkdirSync(home, { recursive: true })
  finish("tar", ["-xzf", filename, "--strip-components=1", "-C", home], directory)
  for (const name of [...ownPackages, ...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]) {
    link(name, directory)
  }
  writeApp(directory, manifest.name)
  return { directory, packed: files.map(({ path }) => path) }
}

function link(name: string, directory: string): void {
  const place = join(directory, "node_modules", name)
  if (existsSync(place)) {
    return
  }
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(join(root, "node_modules", name), place, "junction")
}

function writeApp(directory: string, pluginName: string): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  const dependencies = Object.fromEntries([pluginName, ...ownPackages].map((name) => [name, "*"]))
  write("package.json", JSON.stringify({ name: "empty-app", version: "0.0.0", private: true, dependencies }))
  const compilerOptions = { allowJs: true, target: "ES2021", module: "Node16", moduleResolution: "Node16", esModuleInterop: true, skipLibCheck: true, outDir: ".medusa/server", rootDir: "." }
  write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["**/*"], exclude: ["node_modules", ".medusa"] }))
  write(
    "medusa-config.js",
    `const { defineConfig } = require("@medusajs/framework/utils")
const { defineMapItem } = require("${pluginName}/catalog/map-item-hook")
const mapItem = defineMapItem({ columns: ["custom_label_0"], map: () => ({ custom_label_0: "smoke" }) })
module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: { storeCors: "", adminCors: "", authCors: "", jwtSecret: "smoke", cookieSecret: "smoke" },
  },
  plugins: [{ resolve: ${JSON.stringify(pluginName)}, options: { ...JSON.parse(process.env.PLUGIN_OPTIONS_JSON), mapItem } }],
})
`,
  )
  // Tells from inside what the app registered and what became of its code; nothing outside can see subscribers, jobs and functions.
  write(
    "src/api/registered/route.js",
    `const { WorkflowManager } = require("@medusajs/framework/orchestration")
exports.GET = (request, response) => {
  const bus = request.scope.resolve("event_bus")
  const subscribers = [...bus.eventToSubscribersMap].flatMap(([event, list]) => list.map(({ id }) => ({ event: String(event), id })))
  const workflows = [...WorkflowManager.getWorkflows().keys()]
  const { mapItem } = request.scope.resolve("meta_catalog").options
  response.json({ subscribers, workflows, mapItem: mapItem && { columns: mapItem.columns, answer: mapItem.map() } })
}
`,
  )
}

/** Runs Medusa's own command line in the app, to its end. */
export function runMedusa({ directory }: EmptyApp, args: string[], environment: Record<string, string>): string {
  return finish(process.execPath, [medusaCli(directory), ...args], directory, environment)
}

/** Starts what `medusa build` made of the app, with Medusa's own command line. */
export function startMedusa({ directory }: EmptyApp, environment: Record<string, string>) {
  return spawn(process.execPath, [medusaCli(directory), "start"], {
    cwd: join(directory, ".medusa", "server"),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

function medusaCli(directory: string): string {
  return join(directory, "node_modules", "@medusajs", "cli", "cli.js")
}

function finish(program: string, args: string[], cwd: string, environment: Record<string, string> = {}): string {
  const done = spawnSync(program, args, {
    cwd,
    encoding: "utf-8",
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32" && program === "npm",
    env: { ...process.env, ...environment },
  })
  if (done.error || done.status !== 0) {
    const output = `${done.stdout}${done.stderr}`.trimEnd().split("\n").slice(-40).join("\n")
    throw new Error(`${program} ${args.join(" ")} failed (${done.error?.message ?? done.status}):\n${output}`)
  }
  return done.stdout
}
