import { z } from "@medusajs/framework/zod"
import type { GraphClient } from "./client"
import { readPages } from "./pages"
import { graphCount, graphId, graphText } from "./reply-values"

/** A catalogue as Meta reports it. `vertical` is "commerce" for shops. */
export type MetaCatalog = { id: string; name: string; productCount: number | null; vertical: string | null }

const catalogReply = z
  .looseObject({ id: graphId, name: graphText.nullish(), product_count: graphCount.nullish(), vertical: z.string().nullish() })
  .transform(
    (catalog): MetaCatalog => ({
      id: catalog.id,
      name: catalog.name ?? "",
      productCount: catalog.product_count ?? null,
      vertical: catalog.vertical ?? null,
    })
  )

/** Reads the catalogue itself. Throws GraphError; classify it with scope "catalog". */
export async function readCatalog(client: GraphClient, { metaCatalogId }: { metaCatalogId: string }): Promise<MetaCatalog> {
  const query = { fields: "id,name,product_count,vertical" }
  return client.request({ method: "GET", path: encodeURIComponent(metaCatalogId), query }, catalogReply)
}

const permissionReply = z
  .looseObject({ permission: z.string(), status: z.string() })
  .transform((entry) => ({ permission: entry.permission, granted: entry.status.toLowerCase() === "granted" }))

/** The permissions the token's owner gave or refused the app. */
export async function readPermissions(client: GraphClient): Promise<{ permission: string; granted: boolean }[]> {
  const permissions = []
  for await (const permission of readPages(client, { path: "me/permissions", query: {} }, permissionReply)) {
    permissions.push(permission)
  }
  return permissions
}
