import { agreePercent } from "../../../catalog/stock/audit-verdict"
import type { AuditCounts, AuditResult, AuditRun, OtherSources } from "../../../modules/meta-catalog/audits/audits"
import type { MetaCatalogModuleService } from "../../../modules/meta-catalog/service"
import type { AdminAudit, AdminAuditCounts } from "./audit-types"

type CatalogRow = Awaited<ReturnType<MetaCatalogModuleService["retrieveCatalog"]>>

/** The last complete audit of a catalogue and the running one, as far as it has come. */
export function toAdminAudit(catalog: CatalogRow): AdminAudit {
  const result = catalog.audit as AuditResult | null
  const run = catalog.audit_run as AuditRun | null
  return {
    requested_at: text(catalog.audit_requested_at),
    audited_at: text(catalog.audited_at),
    result: result && {
      ...countsOf(result),
      unconfirmed: result.unconfirmed,
      sources: sourcesOf(result.sources),
      calls: result.calls,
      started_at: text(result.started_at) as string,
      finished_at: text(result.finished_at) as string,
    },
    running: run && {
      ...countsOf(run.counts),
      phase: run.phase,
      calls: run.calls,
      started_at: text(run.started_at) as string,
      error: run.error,
    },
  }
}

function countsOf({ agree, above, below, skipped, missing, orphans, other_sources, repaired }: AuditCounts): AdminAuditCounts {
  const checked = agree + above + below + missing
  return { checked, agree_percent: agreePercent({ agree, judged: checked }), agree, above, below, missing, skipped, orphans, other_sources, repaired }
}

function sourcesOf(sources: OtherSources): { meta_feed_id: string | null; name: string | null; items: number }[] {
  const list = Object.entries(sources).map(([feedId, { name, items }]) => ({ meta_feed_id: feedId || null, name, items }))
  return list.sort((a, b) => b.items - a.items)
}

function text(time: Date | string | null): string | null {
  return time ? new Date(time).toISOString() : null
}
