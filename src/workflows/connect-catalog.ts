import { randomBytes } from "node:crypto"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, generateEntityId, MedusaError, Modules } from "@medusajs/framework/utils"
import { DEFAULT_GRAPH_VERSION } from "../graph-api/client"
import { GraphConnectionError } from "../graph-api/graph-error"
import { testConnection, type ConnectionReport } from "../graph-api/test-connection"
import { publicUrlProblem } from "../modules/meta-catalog/options"
import { clientFor, clientOf, metaCatalog, type CatalogRow } from "./open-catalog"

/** What a person types to connect. Secrets are in it, so it is never a workflow's input: those are stored. */
export type Connection = { meta_catalog_id: string; access_token: string; app_secret?: string | null; graph_version?: string }

/** Settings of a catalogue beside its connection. */
export type CatalogSettings = {
  name?: string
  sales_channel_id: string
  region_id?: string | null
  currency_code?: string | null
  country_code?: string | null
  locale?: string | null
  product_url_template: string
  default_brand?: string | null
  default_condition?: "new" | "refurbished" | "used"
  google_product_category?: string | null
  retailer_id_scheme?: "sku" | "variant_id"
}

type Settings = Partial<CatalogSettings> & { brake_share_percent?: number; brake_minimum_items?: number }
type CheckedSettings = Omit<Settings, "currency_code"> & { currency_code?: string }

/** Which form field a failed check belongs to. */
const FIELD_OF_CHECK: Record<string, string> = {
  reachable: "access_token",
  token: "access_token",
  permissions: "access_token",
  catalog: "meta_catalog_id",
  feeds: "meta_catalog_id",
}

/** Tries values that are not saved yet. Never throws for a problem at Meta: each becomes a check. */
export async function tryConnection(container: MedusaContainer, connection: Connection): Promise<ConnectionReport> {
  const version = connection.graph_version ?? DEFAULT_GRAPH_VERSION
  try {
    const client = clientFor(metaCatalog(container), { version, accessToken: connection.access_token, appSecret: connection.app_secret })
    return await testConnection(client, { metaCatalogId: connection.meta_catalog_id })
  } catch (error) {
    if (error instanceof GraphConnectionError) {
      const field = { accessToken: "access_token", version: "graph_version", graphUrl: "graph_url" }[error.field]
      throw new MedusaError(MedusaError.Types.INVALID_DATA, `${field}: ${error.message}`)
    }
    throw error
  }
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
  const [known] = await module.listCatalogs({ meta_catalog_id: input.meta_catalog_id }, { take: 1 })
  if (known) {
    throw new MedusaError(MedusaError.Types.DUPLICATE_ERROR, `meta_catalog_id: this Meta catalogue is connected already, as ${known.name}`)
  }
  const settings = await checkSettings(container, input)
  const health = await requireConnection(container, input)

  const { access_token, app_secret, graph_version, meta_catalog_id } = input
  const id = generateEntityId(undefined, "mcat")
  const [catalog] = await module.createCatalogs([
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
  await module.catalogs.recordHealth({ catalogId: catalog.id, health })
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
  input: Settings & { access_token?: string; app_secret?: string | null; graph_version?: string }
): Promise<CatalogRow> {
  const module = metaCatalog(container)
  const { access_token, app_secret, graph_version, ...rest } = input
  const settings = await checkSettings(container, rest)
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
    const report = await testConnection(clientOf(module, changed), { metaCatalogId: catalog.meta_catalog_id })
    refuseFailed(report)
    await module.catalogs.recordHealth({ catalogId: catalog.id, health: report })
  }
  await module.updateCatalogs([{ id: catalog.id, ...settings, ...secrets, graph_version: changed.graph_version }])
  if (isReconnected) {
    await module.catalogs.resumeCatalog({ catalogId: catalog.id })
  }
  await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
  await module.feeds.requestBuilds({ catalogIds: [catalog.id] })
  return await module.retrieveCatalog(catalog.id)
}

/** Tests a stored catalogue; when everything works again, a paused one resumes with nothing lost. */
export async function retestCatalog(container: MedusaContainer, catalog: CatalogRow): Promise<ConnectionReport> {
  const module = metaCatalog(container)
  const report = await testConnection(clientOf(module, catalog), { metaCatalogId: catalog.meta_catalog_id })
  await module.catalogs.recordHealth({ catalogId: catalog.id, health: report })
  if (report.ok) {
    await module.catalogs.resumeCatalog({ catalogId: catalog.id })
  }
  return report
}

/** A feed row with fresh secrets: 128 bits in the path and, unless declined, Basic credentials. */
export function newFeed(
  container: MedusaContainer,
  { catalog, schedule, basicAuth }: { catalog: CatalogRow; schedule: Record<string, unknown>; basicAuth: boolean }
) {
  const module = metaCatalog(container)
  const id = generateEntityId(undefined, "mcfeed")
  const password = randomBytes(16).toString("base64url")
  return {
    id,
    catalog_id: catalog.id,
    name: `Medusa ${catalog.name.slice(0, 60)} (${id})`,
    schedule,
    token: newToken(),
    basic_username: basicAuth ? "meta" : null,
    basic_password_encrypted: basicAuth ? module.secrets.encrypt(password, { rowId: id, column: "basic_password" }) : null,
  }
}

/** 128 random bits for a feed's path. */
export function newToken(): string {
  return randomBytes(16).toString("base64url")
}

async function requireConnection(container: MedusaContainer, connection: Connection): Promise<ConnectionReport> {
  const report = await tryConnection(container, connection)
  refuseFailed(report)
  return report
}

function refuseFailed(report: ConnectionReport): void {
  const failed = report.checks.find((check) => check.ok === false)
  if (failed) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, `${FIELD_OF_CHECK[failed.check] ?? "access_token"}: ${failed.message}`)
  }
}

/** Checks the settings that speak about this store, and fills the currency from the region. */
async function checkSettings(container: MedusaContainer, { currency_code, ...input }: Settings): Promise<CheckedSettings> {
  const settings: CheckedSettings = { ...input, country_code: input.country_code?.toLowerCase() ?? input.country_code }
  if (input.sales_channel_id) {
    const [channel] = await container.resolve(Modules.SALES_CHANNEL).listSalesChannels({ id: input.sales_channel_id }, { take: 1 })
    refuseUnless(channel, "sales_channel_id: there is no such sales channel")
  }
  if (input.region_id) {
    const [region] = await container.resolve(Modules.REGION).listRegions({ id: input.region_id }, { take: 1, relations: ["countries"] })
    refuseUnless(region, "region_id: there is no such region")
    if (currency_code && currency_code.toLowerCase() !== region.currency_code) {
      throw new MedusaError(MedusaError.Types.INVALID_DATA, `currency_code: the region sells in ${region.currency_code.toUpperCase()}`)
    }
    settings.currency_code = region.currency_code
    settings.country_code = settings.country_code || region.countries[0]?.iso_2 || null
  }
  const chosen = settings.currency_code ?? currency_code?.toLowerCase()
  if (chosen) {
    await refuseCurrencyWithoutPrices(container, chosen)
    settings.currency_code = chosen
  }
  if (settings.product_url_template?.includes("{country}") && settings.country_code === null) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, "country_code: the product URL template holds {country}, so a country is needed")
  }
  return settings
}

async function refuseCurrencyWithoutPrices(container: MedusaContainer, currencyCode: string): Promise<void> {
  const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const [price] = await sql("price").select("id").where({ currency_code: currencyCode, deleted_at: null }).limit(1)
  refuseUnless(price, `currency_code: no variant has a price in ${currencyCode.toUpperCase()}`)
}

function refuseUnless<Found>(found: Found | undefined, message: string): asserts found is Found {
  if (!found) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}
