import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { Agent } from "undici"
import type { CatalogScope } from "../catalog/store/scope"
import { createGraphClient, type GraphClient, type GraphClientOptions } from "../graph-api/client"
import { isBatchCall } from "../graph-api/items-batch"
import { batchUsage, type GraphUsage } from "../graph-api/usage"
import { META_CATALOG_MODULE } from "../modules/meta-catalog"
import { SecretUnreadable } from "../modules/meta-catalog/catalogs/secrets"
import type { MetaCatalogModuleService } from "../modules/meta-catalog/service"
import { notifyAdmin } from "./notify"

/** A catalogue row as the generated methods return it. */
export type CatalogRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveCatalog"]>>

/** Everything one piece of work for one catalogue needs. Holds secrets in clear text: never put it into a workflow's input. */
export type OpenCatalog = {
  container: MedusaContainer
  module: MetaCatalogModuleService
  sql: Knex
  logger: Logger
  catalog: CatalogRow
  scope: CatalogScope
  client: GraphClient
  /** What Meta said about the batch bucket with the last reply of a batch call; whoever records it takes it out. */
  usage: { last: GraphUsage | null }
}

/** Below a batch's lease of two minutes: a worker that still waits for an answer must not be taken for dead. */
const CALL_DEADLINE_MS = 90_000

/** One pool for the process: calls to the same host share their connections. */
const connections = new Agent({ connections: 8, pipelining: 1, keepAliveTimeout: 30_000 })

/** The plugin's module. */
export function metaCatalog(container: MedusaContainer): MetaCatalogModuleService {
  return container.resolve<MetaCatalogModuleService>(META_CATALOG_MODULE)
}

/**
 * Opens a catalogue for work at Meta, or returns null when nothing may be sent for it: it is gone or paused, it was
 * connected under another public URL ("moved or copy?"), Meta has asked for quiet, or its secrets cannot be read, which pauses it.
 */
export async function openCatalog(container: MedusaContainer, catalogId: string): Promise<OpenCatalog | null> {
  const module = metaCatalog(container)
  const [catalog] = await module.listCatalogs({ id: catalogId }, { take: 1 })
  if (!catalog || catalog.state !== "active" || catalog.public_url !== module.options.publicUrl) {
    return null
  }
  if (await module.catalogs.isQuiet({ catalogId })) {
    return null
  }
  try {
    const usage: OpenCatalog["usage"] = { last: null }
    const client = clientOf(module, catalog, {
      onUsage: (_worst, { call, all }) => {
        usage.last = isBatchCall(call) ? batchUsage(all) : usage.last
      },
    })
    return { ...(await contextOf(container, catalog)), client, usage }
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) {
      throw error
    }
    const message = `The access token of catalogue ${catalog.name} cannot be read: ${error.message} Enter the token again.`
    await pauseAndNotify(container, { catalog, reason: "secret_unreadable", message })
    return null
  }
}

/**
 * A Graph client for a stored catalogue, whatever its state.
 *
 * @throws SecretUnreadable when no configured key opens its secrets.
 */
export function clientOf(module: MetaCatalogModuleService, catalog: CatalogRow, options: Pick<GraphClientOptions, "onUsage"> = {}): GraphClient {
  const place = (column: string) => ({ rowId: catalog.id, column })
  return createGraphClient(
    {
      graphUrl: module.options.graphUrl,
      version: catalog.graph_version,
      accessToken: module.secrets.decrypt(catalog.access_token_encrypted, place("access_token")),
      appSecret: catalog.app_secret_encrypted && module.secrets.decrypt(catalog.app_secret_encrypted, place("app_secret")),
    },
    { dispatcher: connections, deadlineMs: CALL_DEADLINE_MS, ...options }
  )
}

/** A Graph client for values a person has typed but not saved. */
export function clientFor(module: MetaCatalogModuleService, input: { version: string; accessToken: string; appSecret?: string | null }): GraphClient {
  return createGraphClient({ graphUrl: module.options.graphUrl, ...input }, { dispatcher: connections, deadlineMs: CALL_DEADLINE_MS })
}

/** Pauses a catalogue and, the first time, tells a person why. */
export async function pauseAndNotify(
  container: MedusaContainer,
  { catalog, reason, message }: { catalog: CatalogRow; reason: string; message: string }
): Promise<void> {
  const isNew = await metaCatalog(container).catalogs.pauseCatalog({ catalogId: catalog.id, reason, message })
  if (isNew) {
    container.resolve(ContainerRegistrationKeys.LOGGER).warn(`[meta-catalog] ${catalog.name} is paused (${reason}): ${message}`)
    await notifyAdmin(container, { title: `Meta catalogue ${catalog.name} is paused`, description: message })
  }
}

async function contextOf(container: MedusaContainer, catalog: CatalogRow): Promise<Omit<OpenCatalog, "client" | "usage">> {
  return {
    container,
    module: metaCatalog(container),
    sql: container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION),
    logger: container.resolve(ContainerRegistrationKeys.LOGGER),
    catalog,
    scope: scopeOf(catalog),
  }
}

/** What the readers have to know of a catalogue. */
export function scopeOf(catalog: CatalogRow): CatalogScope {
  return {
    catalogId: catalog.id,
    salesChannelId: catalog.sales_channel_id,
    currencyCode: catalog.currency_code,
    regionId: catalog.region_id,
    countryCode: catalog.country_code,
    priceTax: catalog.price_tax,
  }
}
