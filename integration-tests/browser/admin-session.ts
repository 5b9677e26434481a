import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Locator, Page } from "playwright-core"
import { startSandbox, type Sandbox } from "../graph-sandbox"
import { farSchedule } from "../store/far-schedule"
import { QUICK_META, QUICK_PUSH } from "../store/quick-delays"
import type { StoreFacts } from "../store/seed-store"
import { startStore, type Store } from "../store/start-store"
import { dropStoreDatabase, readFacts } from "../store/store-database"
import { testDatabaseUrl } from "../store/test-database"
import { launchChromium } from "./launch-chromium"

const root = join(__dirname, "..", "..")

const pictures = join(root, "docs", "images")

/** Everything a browser test has: a seeded store with the built admin, Meta's side, and a page to use them in. */
export interface AdminSession {
  store: Store
  facts: StoreFacts
  sandbox: Sandbox
  /** The catalogue on Meta's side and a token that may manage it. */
  meta: { catalogId: string; token: string }
  page: Page
  /** Uncaught errors of the page so far. */
  pageErrors: string[]
  stop(): Promise<void>
}

/** Starts it all on databases of its own; the caller stops it. */
export async function startAdminSession(name: string): Promise<AdminSession> {
  const graphDatabaseUrl = testDatabaseUrl(`browser_${name}_graph_${process.pid}`)
  const storeDatabaseUrl = testDatabaseUrl(`browser_${name}_store_${process.pid}`)
  const started: (() => Promise<unknown>)[] = []
  async function stop() {
    for (const end of started.splice(0).reverse()) {
      await end()
    }
  }
  try {
    started.push(() => dropStoreDatabase(graphDatabaseUrl), () => dropStoreDatabase(storeDatabaseUrl))
    const sandbox = await startSandbox({ databaseUrl: graphDatabaseUrl, settings: QUICK_META })
    started.push(() => sandbox.stop())
    const store = await startStore({ databaseUrl: storeDatabaseUrl, graphUrl: sandbox.url, admin: true, env: QUICK_PUSH })
    started.push(() => store.stop())
    const browser = await launchChromium()
    started.push(() => browser.close())
    const facts = await readFacts(storeDatabaseUrl)
    return { store, facts, sandbox, meta: await setUpMeta(sandbox), ...(await openPage(browser)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function setUpMeta({ control }: Sandbox): Promise<AdminSession["meta"]> {
  const { id } = await control.createCatalog({ name: "Example Outdoor" })
  const { token } = await control.createToken({ catalogIds: [id] })
  return { catalogId: id, token }
}

async function openPage(browser: Browser): Promise<Pick<AdminSession, "page" | "pageErrors">> {
  const context = await browser.newContext({ viewport: desktop, locale: "en-GB", timezoneId: "Europe/Berlin" })
  const page = await context.newPage()
  page.setDefaultTimeout(90_000)
  const pageErrors: string[] = []
  page.on("pageerror", (error) => pageErrors.push(String(error)))
  // The seed's pictures have addresses that lead nowhere; a plain tile keeps the screenshots tidy.
  await page.route("https://cdn.example.com/**", (route) => route.fulfill({ contentType: "image/svg+xml", body: tile }))
  // A feed of the default schedule would be fetched at a random minute of the night, in which the journey may be under way.
  await page.route("**/admin/meta-catalog/catalogs/*/feeds", async (route, request) => {
    const isCreation = request.method() === "POST"
    await route.continue(isCreation ? { postData: { schedule: farSchedule(), ...(request.postDataJSON() as object | null) } } : {})
  })
  return { page, pageErrors }
}

const tile = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#a1a1aa"/></svg>'

export const desktop = { width: 1440, height: 1000 }
export const phone = { width: 360, height: 760 }

/** Logs in as a person does. */
export async function logIn({ page, store, facts }: AdminSession): Promise<void> {
  await page.goto(`${store.url}/app/login`)
  await page.getByPlaceholder("Email").fill(facts.admin.email)
  await page.getByPlaceholder("Password").fill(facts.admin.password)
  await page.getByRole("button", { name: "Continue with Email" }).click()
  await page.waitForURL((url) => !url.pathname.endsWith("/login"))
}

/** Chooses from one of the dashboard's selects, which are no native ones. */
export async function choose(page: Page, label: string, option: string | RegExp, within: Page | Locator = page): Promise<void> {
  await within.getByLabel(label, { exact: true }).click()
  await page.getByRole("option", { name: option }).click()
}

/**
 * Takes a picture of the page, or of one part of it, for the guide. Only with UPDATE_SCREENSHOTS=1, for times and ids
 * differ with every run, and without a graphics card a picture may take Chromium ten seconds.
 */
export async function picture(page: Page, name: string, part?: Locator): Promise<void> {
  if (!process.env.UPDATE_SCREENSHOTS) {
    return
  }
  mkdirSync(pictures, { recursive: true })
  const path = join(pictures, `${name}.png`)
  await page.mouse.move(0, 0)
  await (part ?? page).screenshot({ path, animations: "disabled" })
}

/** Does something in a window high enough to hold a whole page or card, then goes back to the window before. */
export async function inTallWindow(page: Page, { width, height }: { width: number; height: number }, run: () => Promise<void>): Promise<void> {
  const before = page.viewportSize() ?? desktop
  await page.setViewportSize({ width, height })
  await page.waitForTimeout(500)
  await run()
  await page.setViewportSize(before)
}
