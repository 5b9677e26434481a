import { judge, type DriftField, type HeldItem, type Judgement, type LedgerItem } from "../../catalog/stock/audit-verdict"
import type { ComparedItem } from "../../modules/meta-catalog/audits/audit-comparison"
import type { AuditCounts, AuditRun, OtherSources, Repair } from "../../modules/meta-catalog/audits/audits"
import type { IssueInput } from "../../modules/meta-catalog/issues"

/** What one step of an audit comes to. `repair` holds items whose pair is sent again. */
export type AuditFindings = {
  counts: Partial<AuditCounts>
  sources: OtherSources
  issues: IssueInput[]
  repair: Repair[]
  /** An item's visibility differs, which travels with the feed alone. */
  needsUpload: boolean
}

/** What decides about a finding beside the item itself. */
export type AuditSettings = { catalogId: string; sellsOnMeta: boolean; ourFeedIds: ReadonlySet<string>; feedNames: ReadonlyMap<string, string | null> }

/** Feeds of others beyond this many are counted together, as "others". */
const MAX_SOURCES = 20

/**
 * Judges the items of one page that do not simply agree. Pure. What is above is repaired at once; what is below becomes an issue, and
 * is repaired only where Meta itself sells nothing.
 */
export function judgePage({ agree, differing }: { agree: number; differing: ComparedItem[] }, settings: AuditSettings): AuditFindings {
  const findings: AuditFindings = { counts: { agree }, sources: {}, issues: [], repair: [], needsUpload: false }
  for (const item of differing) {
    const judgement = judge(toHeld(item), toLedger(item), settings.ourFeedIds)
    take(findings, { item, judgement, settings })
  }
  return findings
}

function take(findings: AuditFindings, { item, judgement, settings }: { item: ComparedItem; judgement: Judgement; settings: AuditSettings }): void {
  const { verdict } = judgement
  count(findings.counts, verdict === "orphan" ? "orphans" : verdict === "other_source" ? "other_sources" : verdict)
  if (verdict === "other_source") {
    const feedId = item.feed_id ?? ""
    findings.sources[feedId] = { name: settings.feedNames.get(feedId) ?? null, items: (findings.sources[feedId]?.items ?? 0) + 1 }
  }
  if (verdict === "orphan") {
    findings.issues.push(orphanIssue(item, settings.catalogId))
  }
  if (verdict === "below") {
    findings.issues.push(belowIssue(item, judgement.fields, settings))
  }
  if (verdict === "above" || (verdict === "below" && !settings.sellsOnMeta)) {
    repair(findings, item, judgement)
  }
}

/** What the ledger says why an item was sent again. */
const REASONS = { above: "audit: Meta holds more than it may sell", below: "audit: Meta holds less than it acknowledged" }

function repair(findings: AuditFindings, item: ComparedItem, { verdict, fields }: Judgement): void {
  count(findings.counts, "repaired")
  findings.needsUpload ||= fields.includes("visibility")
  if (item.item_id && fields.some((field) => field !== "visibility")) {
    findings.repair.push({ item_id: item.item_id, reason: verdict === "above" ? REASONS.above : REASONS.below })
  }
}

function count(counts: Partial<AuditCounts>, name: keyof AuditCounts): void {
  counts[name] = (counts[name] ?? 0) + 1
}

function toHeld(item: ComparedItem): HeldItem {
  return { retailerId: item.retailer_id, quantity: item.quantity, availability: item.availability, visibility: item.visibility, feedId: item.feed_id }
}

function toLedger(item: ComparedItem): LedgerItem | null {
  if (item.item_id === null) {
    return null
  }
  return {
    wanted: { quantity: item.wanted_quantity, availability: item.wanted_availability },
    acknowledged: { quantity: item.acknowledged_quantity, availability: item.acknowledged_availability },
    visibility: item.wanted_visibility,
    isListed: item.is_listed,
    isWritten: item.is_written,
    isAtRest: item.is_at_rest,
  }
}

function belowIssue(item: ComparedItem, fields: DriftField[], { catalogId, sellsOnMeta }: AuditSettings): IssueInput {
  const isHiddenOnly = fields.every((field) => field === "visibility")
  return {
    ...auditIssue(catalogId, item.retailer_id),
    code: isHiddenOnly ? "audit_hidden" : "audit_below",
    field: fields[0],
    title: isHiddenOnly ? "Hidden on Meta?" : "Sold on Meta?",
    message: fields.map((field) => inWords(field, item)).join(" "),
    action: sellsOnMeta
      ? "Look at Meta's orders. Where nothing was sold there, the next change of the product sends the value again."
      : "It is sent again. Where Meta goes on changing it, look who else writes to this catalogue, or say in the settings that Meta sells.",
  }
}

function inWords(field: DriftField, item: ComparedItem): string {
  const [atMeta, told] = {
    quantity_to_sell_on_facebook: [item.quantity, item.acknowledged_quantity],
    availability: [item.availability, item.acknowledged_availability],
    visibility: [item.visibility, item.wanted_visibility],
  }[field]
  return `Meta holds ${field} ${atMeta ?? "nothing"}, but was told ${told ?? "nothing"}.`
}

function orphanIssue(item: ComparedItem, catalogId: string): IssueInput {
  return {
    ...auditIssue(catalogId, item.retailer_id),
    code: "audit_orphan",
    title: "Still at Meta, no longer in the feed",
    message: `Meta holds this item in feed ${item.feed_id}, whose file has left it out.`,
    action: "Upload the feed: a replace feed deletes what its file lacks. Nothing else here deletes items at Meta.",
  }
}

/** A listed item that Meta, asked for it by its id, does not have. */
export function missingIssue(retailerId: string, { catalogId, ourFeedIds }: Pick<AuditSettings, "catalogId" | "ourFeedIds">): IssueInput {
  return {
    ...auditIssue(catalogId, retailerId),
    code: "audit_missing",
    title: "Missing at Meta",
    message: "Meta had taken this item in and has it no longer.",
    action: ourFeedIds.size > 0 ? "An upload of the feed has been asked for, which puts it back." : "It is looked for once more and made again.",
  }
}

/** The audit of a whole catalogue could not be ended. */
export function failureIssue(error: string, catalogId: string): IssueInput {
  return {
    ...auditIssue(catalogId, ""),
    code: "audit_failed",
    title: "The catalogue could not be read back from Meta",
    message: error,
    action: "The next audit tries again. Test the connection if it stays.",
  }
}

function auditIssue(catalogId: string, retailerId: string): Pick<IssueInput, "catalog_id" | "source" | "severity" | "retailer_id"> {
  return { catalog_id: catalogId, source: "audit", severity: "warning", retailer_id: retailerId }
}

/** The run with what a step found added to it. */
export function addFindings(run: AuditRun, findings: Pick<AuditFindings, "counts"> & Partial<AuditFindings>): AuditRun {
  const counts = { ...run.counts }
  for (const [name, more] of Object.entries(findings.counts) as [keyof AuditCounts, number][]) {
    counts[name] += more
  }
  return { ...run, counts, sources: mergeSources(run.sources, findings.sources ?? {}), needs_upload: run.needs_upload || Boolean(findings.needsUpload) }
}

function mergeSources(known: OtherSources, more: OtherSources): OtherSources {
  const merged = { ...known }
  for (const [feedId, { name, items }] of Object.entries(more)) {
    const isNew = merged[feedId] === undefined
    const key = isNew && Object.keys(merged).length >= MAX_SOURCES ? "others" : feedId
    merged[key] = { name: key === feedId ? name : null, items: (merged[key]?.items ?? 0) + items }
  }
  return merged
}
