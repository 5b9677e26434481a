import { randomBytes } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { generateEntityId, MedusaError } from "@medusajs/framework/utils"
import { DEFAULT_GRAPH_VERSION } from "../../graph-api/client"
import { testConnection, testOrders, type ConnectionCheck, type ConnectionReport } from "../../graph-api/test-connection"
import { publicUrlProblem } from "../../modules/meta-catalog/options"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { clientOfStored, clientOfTyped, type Connection } from "./client-at-field"
import { checkSettings, type CatalogSettings, type SettingsChange } from "./check-settings"
import { newPassword, renewUnreadablePasswords } from "../feeds/feed-passwords"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog, type CatalogRow } from "../open-catalog"

/** Which form field a failed check belongs to. */
const FIELD_OF_CHECK: Record<string, string> = {
  reachable: "access_token",
  token: "access_token",
  permissions: "access_token",
  catalog: "meta_catalog_id",
  feeds: "meta_catalog_id",
}

/** Where the reason of a failure says more precisely which field it is about. */
const FIELD_OF_CODE: Record<string, string> = {
  unreachable: "graph_url",
  not_meta: "graph_url",
  version_ended: "graph_version",
  app_secret_refused: "app_secret",
  signature_wrong: "app_secret",
}

/** Tries values that are not saved yet. Never throws for a problem at Meta: each becomes a check. */
export async function tryConnection(container: MedusaContainer, connection: Connection): Promise<ConnectionReport> {
  return await testConnection(clientOfTyped(metaCatalog(container), connection), { metaCatalogId: connection.meta_catalog_id })
}

/**
 * Connects a Meta catalogue: checks every setting against the store and the connection against Meta, then saves it with
 * its secrets encrypted.
 *
 * @throws MedusaError whose message starts with the field it is about; nothing is saved then.
 */
export async function connectCatalog(container: MedusaContainer, input: Connection & CatalogSettings): Promise<CatalogRow> {
  const module = metaCatalog(container)
  const problem = publicUrlProblem(module.options)
  if (problem) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `public_url: ${problem}`)
  }
  if (!module.secrets.canEncrypt) {
    throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "access_token: it cannot be stored, because the plugin option encryptionKey is not set")
  }
  await refuseKnown(container, input.meta_catalog_id)
  const { access_token, app_secret, graph_version, meta_catalog_id, ...given } = input
  const settings = await checkSettings(container, given, null)
  const health = await tryConnection(container, input)
  refuseFailed(health)

  const id = generateEntityId(undefined, "mcat")
  const creation = module.createCatalogs([
    {
      ...settings,
      id,
      meta_catalog_id,
      name: input.name ?? `Meta catalogue ${meta_catalog_id}`,
      sales_channel_id: input.sales_channel_id,
      currency_code: settings.currency_code as string,
      product_url_template: input.product_url_template,
      graph_version: graph_version ?? DEFAULT_GRAPH_VERSION,
      public_url: module.publicUrl,
      access_token_encrypted: module.secrets.encrypt(access_token, { rowId: id, column: "access_token" }),
      app_secret_encrypted: app_secret ? module.secrets.encrypt(app_secret, { rowId: id, column: "app_secret" }) : null,
    },
  ])
  const [catalog] = await creation.catch(async (error: unknown) => {
    // Somebody may have connected the same one while Meta was asked.
    await refuseKnown(container, meta_catalog_id)
    throw error
  })
  await module.catalogs.recordHealth({ catalogId: catalog.id, health })
  if (catalog.transport === "item_node") {
    await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
    keepInStep(container, catalog.id, 0)
  }
  return await module.retrieveCatalog(catalog.id)
}

/**
 * Changes settings. New secrets are tried at Meta first; what changes the items' values or rows leads to a sweep and a build.
 *
 * @throws MedusaError whose message starts with the field it is about; nothing is changed then.
 */
export async function changeCatalog(
  container: MedusaContainer,
  catalog: CatalogRow,
  input: SettingsChange & { access_token?: string; app_secret?: string | null; graph_version?: string }
): Promise<CatalogRow> {
  const module = metaCatalog(container)
  const { access_token, app_secret, graph_version, ...rest } = input
  const settings = await checkSettings(container, rest, catalog)
  const secrets: { access_token_encrypted?: string; app_secret_encrypted?: string | null } = {}
  if (access_token) {
    secrets.access_token_encrypted = module.secrets.encrypt(access_token, { rowId: catalog.id, column: "access_token" })
  }
  if (app_secret !== undefined) {
    secrets.app_secret_encrypted = app_secret ? module.secrets.encrypt(app_secret, { rowId: catalog.id, column: "app_secret" }) : null
  }
  const changed = { ...catalog, ...secrets, graph_version: graph_version ?? catalog.graph_version }
  const isReconnected = Boolean(access_token) || app_secret !== undefined || graph_version !== undefined
  if (isReconnected) {
    const report = await testConnection(clientOfStored(module, changed), { metaCatalogId: catalog.meta_catalog_id })
    refuseFailed(report)
    await module.catalogs.recordHealth({ catalogId: catalog.id, health: report })
  }
  await module.updateCatalogs([{ id: catalog.id, ...settings, ...secrets, graph_version: changed.graph_version }])
  if (catalog.transport === "item_node" && settings.transport === "items_batch") {
    // What stood in the way of single items is no word about the feed, whose first build looks anew.
    await module.issues.removeStaleIssues({ catalogId: catalog.id, source: "check", before: await module.issues.databaseNow() })
  }
  const groups = {
    stock: rest.pushes_stock !== undefined && rest.pushes_stock !== catalog.pushes_stock,
    prices: rest.pushes_prices !== undefined && rest.pushes_prices !== catalog.pushes_prices,
  }
  if (groups.stock || groups.prices) {
    await module.catalogs.forgetGroups({ catalogId: catalog.id, ...groups })
  }
  if ([settings.velocity_days, settings.medium_from, settings.fast_from, settings.velocity_hysteresis_percent].some((value) => value !== undefined)) {
    await module.velocity.requestVelocity({ catalogId: catalog.id })
  }
  if (isReconnected) {
    await module.catalogs.resumeCatalog({ catalogId: catalog.id })
    await renewUnreadablePasswords(container, catalog.id)
  }
  if (rest.orders_owner_id !== undefined && rest.orders_owner_id !== catalog.orders_owner_id) {
    await module.metaOrders.restartOrders({ catalogId: catalog.id })
  }
  if (rest.orders_mode !== undefined || rest.orders_owner_id !== undefined) {
    await module.metaOrders.allowOrders({ catalogId: catalog.id })
  }
  await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
  await module.feeds.requestBuilds({ catalogIds: [catalog.id] })
  return await module.retrieveCatalog(catalog.id)
}

/** Tests a stored catalogue; when everything works again, a paused one resumes with nothing lost. */
export async function retestCatalog(container: MedusaContainer, catalog: CatalogRow): Promise<ConnectionReport> {
  const module = metaCatalog(container)
  const report = await testConnection(clientOfStored(module, catalog), { metaCatalogId: catalog.meta_catalog_id })
  report.checks.push(...(await retestOrders(module, catalog, report)))
  await module.catalogs.recordHealth({ catalogId: catalog.id, health: report })
  if (report.ok) {
    await module.catalogs.resumeCatalog({ catalogId: catalog.id })
    await renewUnreadablePasswords(container, catalog.id)
  }
  return report
}

/**
 * Whether Meta shows the orders, where they are wanted. A no is no fault of the connection: the report stays as good as it was.
 */
async function retestOrders(module: MetaCatalogModuleService, catalog: CatalogRow, report: ConnectionReport): Promise<ConnectionCheck[]> {
  if (catalog.orders_mode === "off" || !catalog.orders_owner_id || !report.ok) {
    return []
  }
  const check = await testOrders(clientOfStored(module, catalog), { ownerId: catalog.orders_owner_id })
  if (check.ok) {
    await module.metaOrders.allowOrders({ catalogId: catalog.id })
  } else if (check.ok === false) {
    await module.metaOrders.refuseOrders({ catalogId: catalog.id, message: check.message })
  }
  return [check]
}

/** A feed row with fresh secrets: 128 bits in the path and, unless declined, Basic credentials. */
export function newFeed(
  container: MedusaContainer,
  { catalog, schedule, basicAuth }: { catalog: CatalogRow; schedule: Record<string, unknown>; basicAuth: boolean }
) {
  const id = generateEntityId(undefined, "mcfeed")
  return {
    id,
    catalog_id: catalog.id,
    name: `Medusa ${catalog.name.slice(0, 60)} (${id})`,
    schedule,
    token: newToken(),
    basic_username: basicAuth ? "meta" : null,
    basic_password_encrypted: basicAuth ? newPassword(container, id) : null,
  }
}

/** 128 random bits for a feed's path. */
export function newToken(): string {
  return randomBytes(16).toString("base64url")
}

/** One row per Meta catalogue id, so that two rows never write to the same catalogue. */
async function refuseKnown(container: MedusaContainer, metaCatalogId: string): Promise<void> {
  const [known] = await metaCatalog(container).listCatalogs({ meta_catalog_id: metaCatalogId }, { take: 1 })
  if (known) {
    throw new MedusaError(MedusaError.Types.DUPLICATE_ERROR, `meta_catalog_id: this Meta catalogue is connected already, as ${known.name}`)
  }
}

/** A check that could not be made is no success either: what was typed would be saved untried. */
function refuseFailed(report: ConnectionReport): void {
  const failed = report.checks.find((check) => check.ok === false) ?? (report.ok ? undefined : report.checks.find(isUndecided))
  if (failed) {
    const field = FIELD_OF_CODE[failed.code] ?? FIELD_OF_CHECK[failed.check] ?? "access_token"
    throw new MedusaError(MedusaError.Types.INVALID_DATA, `${field}: ${failed.message}`)
  }
}

function isUndecided({ check, ok, code }: ConnectionReport["checks"][number]): boolean {
  return ok === null && check !== "permissions" && code !== "not_checked"
}
