import { z } from "zod"
import { openCatalog, type GraphRequest } from "./graph-request"
import { readParams } from "./params"
import { parseFields, project } from "./projection"
import type { World } from "./world"

/** `GET /{catalog}`. */
export async function readCatalog(request: GraphRequest): Promise<unknown> {
  const catalog = await openCatalog(request, request.segments[0])
  const params = readParams({ fields: z.string().optional() }, request.params)
  const node = {
    id: catalog.id,
    name: catalog.name,
    vertical: catalog.vertical,
    business: { id: catalog.business_id, name: `Business ${catalog.business_id}` },
    product_count: () => count(request.world, "item", catalog.id),
    feed_count: () => count(request.world, "feed", catalog.id),
  }
  return project("ProductCatalog", node, parseFields(params.fields ?? "id,name"))
}

async function count(world: World, table: "item" | "feed", catalogId: string): Promise<number> {
  const [row] = await world.db.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table} WHERE catalog_id = $1`, [catalogId])
  return row.count
}

/** `GET /me`: the system user behind the token. */
export async function readMe(request: GraphRequest): Promise<unknown> {
  const params = readParams({ fields: z.string().optional() }, request.params)
  return project("User", { id: request.token.user_id, name: "Sandbox system user" }, parseFields(params.fields ?? "id,name"))
}

/** `GET /me/permissions`. */
export async function readPermissions(request: GraphRequest): Promise<unknown> {
  readParams({ fields: z.string().optional(), limit: z.string().optional() }, request.params)
  return { data: request.token.permissions.map((permission) => ({ permission, status: "granted" })) }
}
