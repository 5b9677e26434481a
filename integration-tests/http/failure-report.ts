import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { ConnectedStore } from "./connected-store"

const CALLS = 25
const BATCHES = 5

/** After a failed test, before anything is put back: what the store and Meta's side look like. Nothing otherwise. */
export async function reportFailure(store: ConnectedStore): Promise<void> {
  if (!(globalThis as { testHasFailed?: boolean }).testHasFailed) {
    return
  }
  const sql = store.container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
  const { data } = await store.api.get("/admin/meta-catalog/catalogs", store.admin)
  const statuses = await Promise.all(
    data.catalogs.map(async ({ id }: { id: string }) => (await store.api.get(`/admin/meta-catalog/catalogs/${id}/status`, store.admin)).data)
  )
  const { rows: batches } = await sql.raw(`select to_jsonb(b) - 'entries' as batch from meta_catalog_batch b order by created_at desc limit ${BATCHES}`)
  const calls = (await store.sandbox.control.calls()).slice(-CALLS).map(({ received_at, method, path, status, error_code, fault, duration_ms }) => {
    const outcome = [status ?? "no reply", error_code && `code ${error_code}`, fault && `fault ${fault}`].filter(Boolean).join(", ")
    return `${received_at} ${method} ${path} → ${outcome} (${duration_ms} ms)`
  })
  console.error(
    [
      `${expect.getState().currentTestName} has failed, at ${new Date().toISOString()}`,
      ...statuses.map((status) => `status: ${JSON.stringify(status)}`),
      ...batches.map(({ batch }: { batch: object }) => `batch: ${JSON.stringify(batch)}`),
      `the last calls Meta's side received:\n  ${calls.join("\n  ")}`,
    ].join("\n")
  )
}
