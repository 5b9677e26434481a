import { testConnection } from "../test-connection"
import { APP_SECRET, clientFor, hangUp, raw, refusal, ScriptedServer, TOKEN, type Answer } from "./scripted-server"

let server: ScriptedServer

async function test(...script: Answer[]) {
  server = await ScriptedServer.start(...script)
  const report = await testConnection(clientFor(server, { appSecret: APP_SECRET }), { metaCatalogId: "880012" })
  const found = Object.fromEntries(report.checks.map(({ check, ok, code }) => [check, ok === null ? `? ${code}` : ok ? "ok" : code]))
  return { ...report, found }
}

afterEach(() => server.stop())

const PERMISSIONS = { data: [{ permission: "catalog_management", status: "granted" }] }
const CATALOG = { id: "880012", name: "Kiln", product_count: 12, vertical: "commerce" }
const FEEDS = { data: [] }
const ALL_OK = { reachable: "ok", token: "ok", permissions: "ok", catalog: "ok", feeds: "ok" }

describe("testConnection", () => {
  it("is content when everything the sync needs works, and names the catalogue", async () => {
    const report = await test(PERMISSIONS, CATALOG, FEEDS)
    expect(report.ok).toBe(true)
    expect(report.found).toEqual(ALL_OK)
    expect(report.checks.map(({ check }) => check)).toEqual(["reachable", "token", "permissions", "catalog", "feeds"])
    expect(report.checks[3].message).toContain("Kiln")
    expect(report.checks[3].details).toEqual({ name: "Kiln", product_count: 12 })
    expect(server.received.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      "GET /v26.0/me/permissions",
      "GET /v26.0/880012",
      "GET /v26.0/880012/product_feeds",
    ])
  })

  it("says that Meta cannot be reached and looks no further", async () => {
    const report = await test(hangUp())
    expect(report.ok).toBe(false)
    expect(report.found).toEqual({
      reachable: "unreachable",
      token: "? not_checked",
      permissions: "? not_checked",
      catalog: "? not_checked",
      feeds: "? not_checked",
    })
  })

  it("says that something else than Meta answers", async () => {
    const report = await test(raw("<html>Welcome to nginx</html>", 200, { "content-type": "text/html" }))
    expect(report.found).toMatchObject({ reachable: "not_meta", token: "? not_checked" })
  })

  it.each([
    [{ code: 190 }, "token_invalid"],
    [{ code: 190, error_subcode: 463 }, "token_expired"],
    [{ code: 102, error_subcode: 460 }, "password_changed"],
    [{ code: 104 }, "signature_wrong"],
    [{ code: 415 }, "two_factor_needed"],
  ])("says why a token does not work: %j", async (error, code) => {
    const report = await test(refusal({ ...error, message: `Malformed access token ${TOKEN}` }, 400))
    expect(report.ok).toBe(false)
    expect(report.found).toEqual({ reachable: "ok", token: code, permissions: "? not_checked", catalog: "? not_checked", feeds: "? not_checked" })
    expect(JSON.stringify(report)).not.toContain(TOKEN)
    expect(server.received).toHaveLength(1)
  })

  it.each([
    ["is not granted", { data: [{ permission: "catalog_management", status: "declined" }] }],
    ["is not there", { data: [{ permission: "ads_read", status: "granted" }] }],
  ])("says which permission is missing when it %s, and still looks at the catalogue", async (_name, permissions) => {
    const report = await test(permissions, CATALOG, FEEDS)
    expect(report.ok).toBe(false)
    expect(report.found).toEqual({ ...ALL_OK, permissions: "permission_missing" })
    expect(report.checks[2].message).toContain("catalog_management")
  })

  it("lets the catalogue decide for a token whose permissions cannot be listed", async () => {
    const report = await test(refusal({ code: 100, message: "nonexisting field (permissions) on node type (Page)" }), CATALOG, FEEDS)
    expect(report.ok).toBe(true)
    expect(report.found).toEqual({ ...ALL_OK, permissions: "? permissions_unknown" })
  })

  it("suspects the app secret when Meta refuses every call as a bad parameter", async () => {
    const report = await test(refusal({ code: 100, message: "Invalid appsecret_proof provided in the API argument" }))
    expect(report.ok).toBe(false)
    expect(report.found).toMatchObject({ reachable: "ok", token: "app_secret_refused", catalog: "? not_checked" })
  })

  it("says that the catalogue is unknown or out of sight", async () => {
    const report = await test(PERMISSIONS, refusal({ code: 100, error_subcode: 33 }))
    expect(report.ok).toBe(false)
    expect(report.found).toEqual({ reachable: "ok", token: "ok", permissions: "ok", catalog: "catalog_not_found", feeds: "? not_checked" })
    expect(report.checks[3].message).toContain("880012")
  })

  it.each([10, 200, 294])("says that the catalogue may not be managed (code %d)", async (code) => {
    const report = await test(PERMISSIONS, refusal({ code }, 403))
    expect(report.found).toMatchObject({ catalog: "permission_missing", token: "ok" })
  })

  it("asks to come back later while Meta throttles, and makes no further call", async () => {
    const report = await test(refusal({ code: 4 }, 400, { "X-App-Usage": '{"call_count":100,"estimated_time_to_regain_access":9}' }))
    expect(report.ok).toBe(false)
    expect(report.found).toMatchObject({ reachable: "ok", token: "? throttled_try_later", catalog: "? not_checked" })
    expect(report.checks[1].details).toEqual({ minutes: 9 })
    expect(server.received).toHaveLength(1)
  })

  it("does not blame the catalogue for a passing problem of Meta's or a lost connection", async () => {
    const passing = await test(PERMISSIONS, refusal({ code: 2 }, 500))
    expect(passing.ok).toBe(false)
    expect(passing.found).toMatchObject({ token: "ok", catalog: "? meta_trouble_try_later" })
    await server.stop()
    const lost = await test(PERMISSIONS, hangUp())
    expect(lost.found).toMatchObject({ token: "ok", catalog: "? unreachable" })
    expect(lost.ok).toBe(false)
  })

  it("says that feeds cannot be read", async () => {
    const report = await test(PERMISSIONS, CATALOG, refusal({ code: 3970, error_user_msg: "You are not an admin." }))
    expect(report.ok).toBe(false)
    expect(report.found).toEqual({ ...ALL_OK, feeds: "not_catalog_admin" })
    expect(report.checks[4].message).toContain("You are not an admin.")
  })
})
