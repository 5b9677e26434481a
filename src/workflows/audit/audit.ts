import { randomUUID } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import type { AuditResult } from "../../modules/meta-catalog/audits/audits"
import { AuditWork } from "./audit-work"
import { openCatalog, type OpenCatalog } from "../open-catalog"

/**
 * Calls of one round, hence a minute: at most 3,600 an hour of the 20,000 that Meta allows the smallest catalogue in the management
 * bucket (CONTRACT 2.2), the only one an audit uses.
 */
const CALLS_PER_ROUND = 60
const PAGE_SIZE = 500

/** How far a round may go. */
export type AuditPace = { calls?: number; pageSize?: number }

/** What one round did. `result` is there when the audit is complete. */
export type AuditRound = { state: "idle" | "running" | "complete" | "given_up"; repaired: number; result: AuditResult | null }

/**
 * One round of the catalogue's audit: reads on where the last one has stopped, for as many calls as a round may make, and concludes
 * the audit when all was seen. Begins one where it was asked for. Any process may run the next round; while one runs, no other does.
 */
export async function audit(container: MedusaContainer, catalogId: string, pace: AuditPace = {}): Promise<AuditRound> {
  const idle: AuditRound = { state: "idle", repaired: 0, result: null }
  const open = await openCatalog(container, catalogId)
  if (!open) {
    return idle
  }
  const hold = { catalogId, owner: randomUUID() }
  const run = await open.module.audits.takeAudit({ ...hold, publicUrl: open.module.publicUrl, pageSize: pace.pageSize ?? PAGE_SIZE })
  if (!run) {
    return idle
  }
  const work = new AuditWork(open, hold, { run, calls: pace.calls ?? CALLS_PER_ROUND, ourFeedIds: await metaFeedIds(open) })
  const repairedBefore = run.counts.repaired
  const ended = await work.goOn()
  return { ...ended, repaired: work.run.counts.repaired - repairedBefore }
}

async function metaFeedIds(open: OpenCatalog): Promise<Set<string>> {
  const feeds = await open.module.listFeeds({ catalog_id: open.catalog.id }, { take: null, order: { id: "ASC" } })
  return new Set(feeds.flatMap(({ meta_feed_id }) => meta_feed_id ?? []))
}

const auditStep = createStep("meta-catalog-audit", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await audit(container, catalog_id))
})

/** One round of a catalogue's audit. */
export const auditWorkflow = createWorkflow("meta-catalog-audit", (input: { catalog_id: string }) => {
  return new WorkflowResponse(auditStep(input))
})
