import { setTimeout as wait } from "node:timers/promises"
import type { AdminCatalogStatus } from "../../src/api/admin/meta-catalog/catalog-types"
import { filled } from "../catalogue/fill"
import type { GraphProcess } from "./graph-process"

/** A store's admin API, and whose. */
export type AdminApi = { url: string; secretKey: string }

/** The connected catalogue, here and at the Graph server. */
export type Connected = { catalogId: string; metaCatalogId: string; token: string }

const LONGEST_WAIT_MS = 10 * 60_000

/**
 * Connects the filled sales channel through the admin API, as a merchant would, and waits until the first upload has listed
 * every item and each is acknowledged.
 */
export async function connectCatalogue({ admin, graph, items }: { admin: AdminApi; graph: GraphProcess; items: number }): Promise<Connected> {
  const { id: metaCatalogId } = await graph.control.createCatalog({ name: "Benchmark", currency: "USD" })
  const { token } = await graph.control.createToken({ catalogIds: [metaCatalogId] })
  const { catalog } = (await adminCall(admin, "POST", "/admin/meta-catalog/catalogs", {
    name: "Benchmark",
    meta_catalog_id: metaCatalogId,
    access_token: token,
    sales_channel_id: filled.salesChannelId,
    currency_code: filled.currencyCode,
    product_url_template: "https://shop.example/products/{handle}?variant={variant_id}",
    default_brand: "Kiln",
  })) as { catalog: { id: string } }
  await adminCall(admin, "POST", `/admin/meta-catalog/catalogs/${catalog.id}/feeds`, {})
  const end = Date.now() + LONGEST_WAIT_MS
  for (;;) {
    const { counts } = (await adminCall(admin, "GET", `/admin/meta-catalog/catalogs/${catalog.id}/status`)) as AdminCatalogStatus
    if (counts.listed === items && counts.in_step === items) {
      return { catalogId: catalog.id, metaCatalogId, token }
    }
    if (Date.now() > end) {
      throw new Error(`after ${LONGEST_WAIT_MS / 60_000} minutes not all ${items} items are listed and in step: ${JSON.stringify(counts)}`)
    }
    await wait(500)
  }
}

/** One call of the admin API. @throws Error with the reply where it is not a success. */
export async function adminCall({ url, secretKey }: AdminApi, method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
  const reply = await fetch(url + path, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${secretKey}:`).toString("base64")}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await reply.text()
  if (!reply.ok) {
    throw new Error(`${method} ${path} was answered with ${reply.status}: ${text}`)
  }
  return JSON.parse(text)
}
