import { MedusaError } from "@medusajs/framework/utils"
import { DEFAULT_GRAPH_VERSION, type GraphClient } from "../../graph-api/client"
import { GraphConnectionError } from "../../graph-api/graph-error"
import { SecretUnreadable } from "../../modules/meta-catalog/catalogs/secrets"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { clientFor, clientOf, type CatalogRow } from "../open-catalog"

/** What a person types to connect. Secrets are in it, so it is never a workflow's input: those are stored. */
export type Connection = { meta_catalog_id: string; access_token: string; app_secret?: string | null; graph_version?: string }

/**
 * A client for a catalogue a person is working on right now.
 *
 * @throws MedusaError whose message starts with the field to correct: a secret that no configured key opens, a token that
 *   no header can carry.
 */
export function clientOfStored(module: MetaCatalogModuleService, catalog: CatalogRow): GraphClient {
  return atField(() => clientOf(module, catalog))
}

/** The same for values that were typed and not saved. */
export function clientOfTyped(module: MetaCatalogModuleService, { access_token, app_secret, graph_version }: Connection): GraphClient {
  return atField(() => clientFor(module, { version: graph_version ?? DEFAULT_GRAPH_VERSION, accessToken: access_token, appSecret: app_secret }))
}

const FIELDS = { accessToken: "access_token", version: "graph_version", graphUrl: "graph_url" } as const

function atField(open: () => GraphClient): GraphClient {
  try {
    return open()
  } catch (error) {
    if (error instanceof GraphConnectionError) {
      throw new MedusaError(MedusaError.Types.INVALID_DATA, `${FIELDS[error.field]}: ${error.message}`)
    }
    if (error instanceof SecretUnreadable) {
      const what = error.column === "access_token" ? "token" : "value"
      throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `${error.column}: the stored ${what} cannot be read: ${error.message} Enter it again.`)
    }
    throw error
  }
}
