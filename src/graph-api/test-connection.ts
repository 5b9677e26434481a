import { readCatalog, readPermissions, type MetaCatalog } from "./catalogs"
import { classifyGraphError } from "./classify-error"
import type { GraphClient } from "./client"
import { listOrders } from "./commerce-orders"
import { GraphError } from "./graph-error"
import { listFeeds } from "./product-feeds"

/** What is looked at, in this order. */
const CHECKS = ["reachable", "token", "permissions", "catalog", "feeds"] as const

/**
 * One finding. `ok` null: it could not be looked at. `code` is a stable word for translation and `details` what its text needs; `message`
 * says the same in English, without secrets.
 */
export type ConnectionCheck = {
  check: (typeof CHECKS)[number] | "orders"
  ok: boolean | null
  code: string
  message: string
  details: Record<string, string | number>
}

/** `ok` is true when the token reads the catalogue and its feeds and no check failed. */
export type ConnectionReport = { ok: boolean; checks: ConnectionCheck[] }

type Finding = Omit<ConnectionCheck, "check">
type Findings = Partial<Record<(typeof CHECKS)[number], Finding>>

/** Needed to read and write feeds and items (CONTRACT 1.2). */
const NEEDED_PERMISSION = "catalog_management"

/**
 * Tries what the sync will need, without changing anything at Meta, and says in words what works and what does not.
 * Never throws for a Graph problem: each becomes a finding.
 */
export async function testConnection(client: GraphClient, { metaCatalogId }: { metaCatalogId: string }): Promise<ConnectionReport> {
  const findings: Findings = {}
  const permissions = await attempt(() => readPermissions(client))
  Object.assign(findings, permissions.error ? judgeFirstCall(permissions.error) : { ...ACCEPTED, permissions: judgePermissions(permissions.value) })
  if (findings.reachable?.ok && findings.token?.ok !== false && !findings.token?.code.endsWith("_try_later")) {
    const catalog = await attempt(() => readCatalog(client, { metaCatalogId }))
    if (catalog.error) {
      Object.assign(findings, judgeCatalogCall({ error: catalog.error, metaCatalogId, firstError: permissions.error }))
    } else {
      Object.assign(findings, ACCEPTED, { catalog: foundCatalog(catalog.value), feeds: await tryFeeds(client, metaCatalogId) })
    }
  }
  const checks = CHECKS.map((check): ConnectionCheck => ({ check, ...(findings[check] ?? NOT_CHECKED) }))
  return { ok: checks.every((check) => check.ok || (check.check === "permissions" && check.ok === null)), checks }
}

const NOT_CHECKED = finding(null, "not_checked", "Not looked at, because an earlier check failed.")

const REACHABLE = finding(true, "reachable", "Meta's Graph API answers.")

const ACCEPTED: Findings = { reachable: REACHABLE, token: finding(true, "token_accepted", "Meta accepts the access token.") }

/** A refused token, by the reason `classifyGraphError` gives. */
const TOKEN_TEXTS: Record<string, string> = {
  token_invalid: "Meta does not accept the access token. Create a new one for the system user and enter it here.",
  token_expired: "The access token has expired. Create a new one for the system user, best without expiry.",
  password_changed: "The access token ended because its owner changed the password. Create a new one.",
  app_removed: "The access token ended because the app was removed from its owner's account. Create a new one.",
  checkpoint_needed: "The token's owner must log in to Facebook and pass a security check first.",
  user_unconfirmed: "The token's owner has not confirmed the Facebook account.",
  signature_wrong: "Meta does not accept the signature of the call. Check that the app secret belongs to the token's app.",
  two_factor_needed: "The business demands two-factor authentication of the token's owner.",
  policy_block: "Meta has blocked this account or app for policy reasons. See Meta's account quality page.",
}

/** The first call needs no catalogue, so whatever it meets concerns the way to Meta or the token. */
function judgeFirstCall(error: GraphError): Findings {
  if (error.kind !== "envelope") {
    return { reachable: unreachable(error) }
  }
  const { class: errorClass, reason } = classifyGraphError(error, "object")
  if (errorClass === "retry" || errorClass === "throttle") {
    return { reachable: REACHABLE, token: tryLater(error) }
  }
  if (reason === "version_ended") {
    const message = `Meta no longer answers this version of the Graph API. Enter a newer one. ${quote(error)}`
    return { reachable: finding(false, reason, message, metaDetails(error)) }
  }
  if (TOKEN_TEXTS[reason]) {
    return { reachable: REACHABLE, token: refusedToken(reason, error) }
  }
  // Page tokens cannot list permissions and may still do the work: the catalogue decides.
  const message = "Meta does not list the permissions of this kind of token; the checks below show what it may do."
  return { reachable: REACHABLE, permissions: finding(null, "permissions_unknown", message, metaDetails(error)) }
}

function judgePermissions(permissions: { permission: string; granted: boolean }[]): Finding {
  return permissions.some(({ permission, granted }) => permission === NEEDED_PERMISSION && granted)
    ? finding(true, "permissions_granted", `The token has ${NEEDED_PERMISSION}.`, { permission: NEEDED_PERMISSION })
    : finding(false, "permission_missing", `The token lacks the permission ${NEEDED_PERMISSION}. Create it again with this permission.`, {
        permission: NEEDED_PERMISSION,
      })
}

function foundCatalog(catalog: MetaCatalog): Finding {
  const count = catalog.productCount === null ? "" : `, ${catalog.productCount} items`
  const kind = catalog.vertical ? ` (${catalog.vertical}${count})` : ""
  return finding(true, "catalog_found", `Catalogue "${catalog.name}"${kind} can be read.`, {
    name: catalog.name,
    ...(catalog.productCount === null ? {} : { product_count: catalog.productCount }),
  })
}

function judgeCatalogCall({
  error,
  metaCatalogId,
  firstError,
}: {
  error: GraphError
  metaCatalogId: string
  firstError: GraphError | null
}): Findings {
  if (error.kind !== "envelope") {
    return { catalog: { ...unreachable(error), ok: null } }
  }
  const { class: errorClass, reason } = classifyGraphError(error, "catalog")
  if (errorClass === "retry" || errorClass === "throttle") {
    return { catalog: tryLater(error) }
  }
  if (TOKEN_TEXTS[reason]) {
    return { token: refusedToken(reason, error) }
  }
  // A wrong or missing app secret proof fails every call alike with a bare code 100 (CONTRACT 1.2).
  if (reason === "invalid_parameter" && firstError?.code === 100) {
    const message = `Meta refuses every call with this token and app secret. Check that the app secret belongs to the token's app. ${quote(error)}`
    return { token: finding(false, "app_secret_refused", message, metaDetails(error)) }
  }
  return { ...ACCEPTED, catalog: refusedCatalog(reason, error, metaCatalogId) }
}

function refusedCatalog(reason: string, error: GraphError, metaCatalogId: string): Finding {
  const details = { catalog_id: metaCatalogId, ...metaDetails(error) }
  if (reason === "catalog_not_found") {
    const message = `Catalogue ${metaCatalogId} does not exist, or the token's owner has no access to it. Check the id and assign the system user to it.`
    return finding(false, reason, message, details)
  }
  if (reason === "permission_missing" || reason === "not_catalog_admin") {
    return finding(false, reason, `The token's owner may not manage catalogue ${metaCatalogId}. ${quote(error)}`, details)
  }
  return finding(false, reason, `Catalogue ${metaCatalogId} cannot be read. ${quote(error)}`, details)
}

async function tryFeeds(client: GraphClient, metaCatalogId: string): Promise<Finding> {
  const { error } = await attempt(async () => {
    const feeds = listFeeds(client, { metaCatalogId })
    await feeds.next()
    await feeds.return()
  })
  if (!error) {
    return finding(true, "feeds_readable", "The catalogue's feeds can be read. Whether the token may create one shows with the first feed.")
  }
  if (error.kind !== "envelope") {
    return { ...unreachable(error), ok: null }
  }
  const { class: errorClass, reason } = classifyGraphError(error, "catalog")
  if (errorClass === "retry" || errorClass === "throttle") {
    return tryLater(error)
  }
  return finding(false, reason, `The catalogue's feeds cannot be read. ${quote(error)}`, metaDetails(error))
}

/**
 * Whether Meta shows the orders of this shop or page. Asked for apart from the rest, because a no stands in the way of nothing else: Meta took
 * the edge away in 2026 (CONTRACT 8.1). Never throws for a Graph problem.
 */
export async function testOrders(client: GraphClient, { ownerId }: { ownerId: string }): Promise<ConnectionCheck> {
  const { error } = await attempt(async () => {
    const orders = listOrders(client, { ownerId, states: ["CREATED"] })
    await orders.next()
    await orders.return()
  })
  return { check: "orders", ...(error ? judgeOrders(error) : finding(true, "orders_readable", "The orders can be read.")) }
}

function judgeOrders(error: GraphError): Finding {
  if (error.kind !== "envelope") {
    return { ...unreachable(error), ok: null }
  }
  const { class: errorClass } = classifyGraphError(error, "object")
  if (errorClass === "retry" || errorClass === "throttle") {
    return tryLater(error)
  }
  const message = `Meta does not show the orders, so none are subtracted; stock is sent all the same. Meta took its orders API away in 2026. ${quote(error)}`
  return finding(false, "orders_refused", message, metaDetails(error))
}

function unreachable(error: GraphError): Finding {
  return error.kind === "network"
    ? finding(false, "unreachable", `Meta's Graph API cannot be reached: ${error.message}`, { system_code: error.systemCode ?? "" })
    : finding(false, "not_meta", `Something answers at the Graph address, but not as Meta does: ${error.message}`)
}

function refusedToken(reason: string, error: GraphError): Finding {
  return finding(false, reason, `${TOKEN_TEXTS[reason]} ${quote(error)}`, metaDetails(error))
}

function tryLater(error: GraphError): Finding {
  const { class: errorClass, retryAfterMs } = classifyGraphError(error, "object")
  if (errorClass === "throttle") {
    const minutes = Math.ceil((retryAfterMs ?? 0) / 60_000)
    return finding(null, "throttled_try_later", `Meta limits the number of calls at the moment. Try again in ${minutes} min.`, { minutes })
  }
  return finding(null, "meta_trouble_try_later", `Meta has a passing problem. Try again in a moment. ${quote(error)}`, metaDetails(error))
}

function quote(error: GraphError): string {
  return `Meta says: ${error.userMessage ?? error.message}`
}

function metaDetails(error: GraphError): Record<string, string | number> {
  return {
    ...(error.code === null ? {} : { code: error.code }),
    ...(error.subcode === null ? {} : { subcode: error.subcode }),
    ...(error.fbtraceId === null ? {} : { fbtrace_id: error.fbtraceId }),
    meta_message: error.userMessage ?? error.message,
  }
}

function finding(ok: boolean | null, code: string, message: string, details: Finding["details"] = {}): Finding {
  return { ok, code, message, details }
}

/** Runs a call and hands a GraphError over as a value; anything else is a fault of ours and goes on. */
async function attempt<T>(call: () => Promise<T>): Promise<{ value: T; error: null } | { value: null; error: GraphError }> {
  try {
    return { value: await call(), error: null }
  } catch (error) {
    if (error instanceof GraphError) {
      return { value: null, error }
    }
    throw error
  }
}
