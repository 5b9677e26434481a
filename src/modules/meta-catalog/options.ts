import { MedusaError } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"

const url = z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), "must be an http or https URL")

/**
 * The store's own code for rows, as the module keeps it: it knows nothing of rows. Its full type is `MapItemHook` of the catalogue's
 * mapping, which a store imports.
 */
export type MapItemOption = { columns: readonly string[]; map: (...row: never[]) => unknown }

const mapItem = z
  .custom<MapItemOption | MapItemOption["map"]>(isMapItem, "must be a function, or an object with columns (Meta's names) and the function map")
  .transform((given): MapItemOption => (typeof given === "function" ? { columns: [], map: given } : { columns: given.columns ?? [], map: given.map }))

const schema = z.object({
  encryptionKey: z.string().min(32, "must have at least 32 characters").optional(),
  previousEncryptionKeys: z.array(z.string().min(32, "must have at least 32 characters")).default([]),
  graphUrl: url.default("https://graph.facebook.com"),
  publicUrl: url.optional(),
  pushDelayMs: z.number().int().min(0).max(60_000).default(1_000),
  doubtfulWindowMs: z.number().int().min(1_000).max(86_400_000).default(600_000),
  historyDays: z.number().int().min(2).max(365).default(30),
  mapItem: mapItem.optional(),
})

/** What the store's developer sets in `medusa-config.ts`; everything a merchant decides is in the admin instead. */
export type MetaCatalogOptions = {
  /** Encrypts access tokens, app secrets and feed passwords. At least 32 characters; without it no catalogue can be connected. */
  encryptionKey?: string
  /** Earlier keys, still able to decrypt. What is saved is encrypted with `encryptionKey`. Default: none. */
  previousEncryptionKeys: string[]
  /** Base of Meta's Graph API without a version. Default: Meta's own. */
  graphUrl: string
  /** Where Meta reaches this backend. Default: `MEDUSA_BACKEND_URL`. */
  publicUrl?: string
  /** How long a push waits after the first due mark, in milliseconds. Default: 1000. */
  pushDelayMs: number
  /** How long a call of unknown outcome may still be applied by Meta, in milliseconds. Default: 10 minutes. */
  doubtfulWindowMs: number
  /** How long each item's history of sent values is kept, in days. Default: 30. */
  historyDays: number
  /** Changes each item's row before it is checked, in code; see docs/columns.md. Default: none. */
  mapItem?: MapItemOption
}

export const DEFAULT_GRAPH_URL = "https://graph.facebook.com"

/**
 * Checks the plugin options once, at boot.
 *
 * @throws MedusaError naming every wrong option, so the boot stops with one readable message.
 */
export function parseOptions(input: Record<string, unknown> | undefined): MetaCatalogOptions {
  const given = Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== undefined && value !== ""))
  const parsed = schema.safeParse({ publicUrl: process.env.MEDUSA_BACKEND_URL || undefined, ...given })
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "options"} ${issue.message}`)
    throw new MedusaError(MedusaError.Types.INVALID_DATA, `medusa-plugin-meta-catalog: ${problems.join("; ")}`)
  }
  return {
    ...parsed.data,
    graphUrl: withoutTrailingSlash(parsed.data.graphUrl),
    publicUrl: parsed.data.publicUrl && withoutTrailingSlash(parsed.data.publicUrl),
  }
}

/**
 * Why Meta could not fetch from `publicUrl`, or null when it can. A local or plain http address is fine only against a
 * Graph server other than Meta's, as in tests and the demo.
 */
export function publicUrlProblem({ publicUrl, graphUrl }: Pick<MetaCatalogOptions, "publicUrl" | "graphUrl">): string | null {
  if (!publicUrl) {
    return "The backend's public URL is not known: set the plugin option publicUrl or the environment variable MEDUSA_BACKEND_URL."
  }
  if (graphUrl !== DEFAULT_GRAPH_URL) {
    return null
  }
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol !== "https:") {
    return `Meta fetches feeds over https, but the backend's public URL is ${publicUrl}.`
  }
  return isLocal(hostname) ? `Meta cannot reach ${publicUrl}: it is a local address.` : null
}

function isMapItem(given: unknown): boolean {
  if (typeof given === "function") return true
  const { columns = [], map } = Object(given) as { columns?: unknown; map?: unknown }
  return typeof map === "function" && Array.isArray(columns) && columns.every((column) => typeof column === "string")
}

function isLocal(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    /\.(local|localhost|internal|test|invalid|example)$/.test(hostname) ||
    /^(127\.|10\.|192\.168\.|169\.254\.|0\.|172\.(1[6-9]|2\d|3[01])\.)/.test(hostname) ||
    /^\[(::1|f[cd]|fe80)/i.test(hostname)
  )
}

function withoutTrailingSlash(text: string): string {
  return text.replace(/\/+$/, "")
}
