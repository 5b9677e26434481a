import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { chromium, type Browser } from "playwright-core"

const cache = join(__dirname, "..", "..", ".cache")

/**
 * Starts a headless browser: on 64-bit Linux the Chromium inside the npm package, with the libraries and the font that come
 * with it, so nothing need be installed on the machine; elsewhere an installed Chrome or Edge. CHROME_PATH names
 * another browser on any system. The caller closes it.
 * @throws Error that says what to install when there is no browser
 */
export async function launchChromium(): Promise<Browser> {
  if (process.env.CHROME_PATH) {
    return chromium.launch({ executablePath: process.env.CHROME_PATH, args: ["--no-sandbox"] })
  }
  return process.platform === "linux" && process.arch === "x64" ? launchPackaged() : launchInstalled()
}

async function launchPackaged(): Promise<Browser> {
  const home = unpack()
  const libraries = [join(home, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":")
  return chromium.launch({
    executablePath: join(home, "chromium"),
    // Chromium's own sandbox does not run as root and in most containers, whose /dev/shm is small as well.
    args: ["--no-sandbox", "--no-zygote", "--disable-dev-shm-usage", "--font-render-hinting=none", "--use-gl=angle", "--use-angle=swiftshader"],
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(home, "fonts") } as Record<string, string>,
  })
}

/**
 * The package unpacks into the temporary directory and takes a half-written file of a killed run for a whole one. So it
 * unpacks into a directory of its own here, which gets its final name when complete. A second process, because Node reads
 * TMPDIR from the environment of the process, which jest replaces by a copy.
 */
function unpack(): string {
  const entry = require.resolve("@sparticuz/chromium")
  const { version } = JSON.parse(readFileSync(join(entry, "..", "..", "..", "package.json"), "utf-8")) as { version: string }
  const home = join(cache, `chromium-${version}`)
  if (existsSync(home)) {
    return home
  }
  const unfinished = `${home}-${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  const script = "require(process.argv[1]).executablePath().catch((error) => { console.error(error); process.exit(1) })"
  const done = spawnSync(process.execPath, ["-e", script, entry], {
    encoding: "utf-8",
    // The package adds its libraries (nss and others) only where it believes to run on that platform.
    env: { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
  })
  if (done.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new Error(`Chromium could not be unpacked into ${cache}: ${done.error?.message ?? done.stderr}`)
  }
  writeFileSync(join(unfinished, "fonts", "fonts.conf"), fontConfiguration(join(home, "fonts")))
  try {
    renameSync(unfinished, home)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(home)) {
      throw error
    }
  }
  return home
}

/** The configuration in the package names directories of one cloud provider. Ours prefers the packaged font, so that screenshots look alike. */
function fontConfiguration(packaged: string): string {
  const prefer = ["sans-serif", "serif", "monospace", "system-ui", "Inter"].map(
    (family) => `  <alias><family>${family}</family><prefer><family>Open Sans</family></prefer></alias>`,
  )
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${packaged}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${packaged}/cache</cachedir>
${prefer.join("\n")}
</fontconfig>
`
}

async function launchInstalled(): Promise<Browser> {
  for (const channel of ["chrome", "msedge", "chromium"]) {
    try {
      return await chromium.launch({ channel })
    } catch (error) {
      if (!/is not found|doesn't exist|Executable doesn/i.test(String(error))) {
        throw error
      }
    }
  }
  throw new Error(
    `The browser suite needs Chrome or Edge on ${process.platform} ${process.arch}. Install Google Chrome, or name a Chromium with CHROME_PATH.`,
  )
}
