import type { CatalogRow } from "./entities/catalog"
import { CatalogEntity } from "./entities/catalog"
import type { FeedRow } from "./entities/feed"
import { FeedEntity } from "./entities/feed"
import type { TokenRow } from "./entities/token"
import { GraphError, permissionMissing, unknownObject, writePermissionMissing } from "./errors"
import type { ReceivedFile } from "./encodings"
import type { FaultAction } from "./faults"
import { THROTTLE, usageHeader, type Bucket } from "./quotas"
import type { World } from "./world"

export type GraphMethod = "GET" | "POST" | "DELETE"

/** A call after transport, version and token were checked. */
export type GraphRequest = {
  world: World
  method: GraphMethod
  /** The path below the version, split and decoded. */
  segments: string[]
  /** Query and body together, credentials taken out. */
  params: Record<string, unknown>
  files: ReceivedFile[]
  bodyBytes: number
  token: TokenRow
  fault: FaultAction | null
  /** The address of this very call, for paging links. */
  self: URL
  /** Headers a handler adds to its reply, be it a result or an error. */
  replyHeaders: Record<string, string>
}

/** A handler's result: the JSON document of the reply. */
export type GraphHandler = (request: GraphRequest) => Promise<unknown>

/**
 * The catalogue a call is about, after the checks every catalogue call goes through: the token sees it (else 100/33), the token has
 * the permission (else 10 or 200), and the quota of the call's bucket is not used up (else 80014 or 80009).
 */
export async function openCatalog(request: GraphRequest, catalogId: string, bucket: Bucket = "catalog_management"): Promise<CatalogRow> {
  const { world, token, method } = request
  const catalog = token.catalog_ids.includes(catalogId) ? await world.db.getRepository(CatalogEntity).findOneBy({ id: catalogId }) : null
  if (!catalog) {
    throw unknownObject(method, request.segments[0])
  }
  if (!token.permissions.includes("catalog_management")) {
    throw method === "GET" ? permissionMissing("catalog_management") : writePermissionMissing("catalog_management")
  }
  const { throttled, usage } = world.quotas.count(catalogId, bucket, world.settings)
  if (usage) {
    request.replyHeaders["x-business-use-case-usage"] = usageHeader(catalog.business_id, usage)
  }
  if (throttled) {
    throw new GraphError(THROTTLE[bucket])
  }
  return catalog
}

/** A feed the caller may see, with its catalogue. Writes need an admin of it (3964). */
export async function openFeed(request: GraphRequest, feedId: string): Promise<{ feed: FeedRow; catalog: CatalogRow }> {
  const { world, method, token } = request
  const feed = await world.db.getRepository(FeedEntity).findOneBy({ id: feedId })
  if (!feed || feed.visible_at > world.clock.now()) {
    throw unknownObject(method, request.segments[0])
  }
  const catalog = await openCatalog(request, feed.catalog_id)
  if (method !== "GET" && !token.admin) {
    throw new GraphError({ code: 3964, message: "(#3964) You must be an admin of this product feed to change it" })
  }
  return { feed, catalog }
}

/** Refuses a change of a catalogue by someone who is not its admin (3970). */
export function requireCatalogAdmin(token: TokenRow): void {
  if (!token.admin) {
    throw new GraphError({ code: 3970, message: "(#3970) You must be an admin of this product catalog to change it" })
  }
}
