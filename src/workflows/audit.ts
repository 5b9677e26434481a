import { randomUUID } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { agreePercent } from "../catalog/audit-verdict"
import { GraphError } from "../graph-api/graph-error"
import { findItems, listItems, readItem, type ProductItem } from "../graph-api/product-items"
import type { PageItem } from "../modules/meta-catalog/audit-comparison"
import type { AuditHold, AuditResult, AuditRun } from "../modules/meta-catalog/audits"
import { PRIORITY } from "../modules/meta-catalog/priority"
import { addFindings, failureIssue, judgePage, missingIssue, type AuditFindings, type AuditSettings } from "./audit-findings"
import { heedGraphError, wordsOf } from "./graph-trouble"
import { openCatalog, type OpenCatalog } from "./open-catalog"

/**
 * Calls of one round, hence a minute: at most 3,600 an hour of the 20,000 that Meta allows the smallest catalogue in the management
 * bucket (CONTRACT 2.2), the only one an audit uses.
 */
const CALLS_PER_ROUND = 60
const PAGE_SIZE = 500
const SMALLEST_PAGE = 25
const IDS_PER_LOOKUP = 50
/** Single reads of one audit. Where more items are missing, the rest is looked up by the next one. */
const MAX_CONFIRMATIONS = 500
const MAX_FAILURES = 10
/** Wait after the nth round in a row that an error has ended: 2, 4, 8 … minutes. */
const LONGEST_WAIT_MINUTES = 32

const COMPARED_FIELDS = ["quantity_to_sell_on_facebook", "availability", "visibility"]
const FIELDS = [...COMPARED_FIELDS, "product_feed{id,name}"]

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

/** Thrown where another worker has taken the run over: this one stops and stores nothing more. */
class HoldLost extends Error {}

/** One worker's round. */
class AuditWork {
  run: AuditRun
  private calls: number
  private readonly ourFeedIds: ReadonlySet<string>

  constructor(
    private readonly open: OpenCatalog,
    private readonly hold: AuditHold,
    { run, calls, ourFeedIds }: { run: AuditRun; calls: number; ourFeedIds: ReadonlySet<string> }
  ) {
    this.run = run
    this.calls = calls
    this.ourFeedIds = ourFeedIds
  }

  async goOn(): Promise<Pick<AuditRound, "state" | "result">> {
    try {
      while (this.run.phase === "pages" && this.calls > 0) {
        await this.readPage()
      }
      while (this.run.phase === "absent") {
        if (!(await this.lookUpAbsent())) {
          return await this.conclude()
        }
        if (this.calls <= 0) {
          break
        }
      }
      await this.open.module.audits.putDownAudit(this.hold, { run: this.run, waitMs: 0 })
      return { state: "running", result: null }
    } catch (error) {
      if (error instanceof HoldLost) {
        return { state: "running", result: null }
      }
      if (!(error instanceof GraphError)) {
        throw error
      }
      return await this.stumble(error)
    }
  }

  private async readPage(): Promise<void> {
    const { cursor, page_size } = this.run
    this.spend(1)
    const page = await listItems(this.open.client, { metaCatalogId: this.open.catalog.meta_catalog_id, after: cursor, limit: page_size, fields: FIELDS })
    await this.takeIn(page.elements, { cursor: page.after, phase: page.after === null ? "absent" : "pages" })
  }

  /**
   * Looks up some of our items that no page has shown: paging may miss items, so an absence counts only when neither the filter nor
   * the item's own address finds it.
   *
   * @returns false when nothing is left to look up.
   */
  private async lookUpAbsent(): Promise<boolean> {
    const retailerIds = await this.open.module.audits.listAbsent({ catalogId: this.hold.catalogId, limit: IDS_PER_LOOKUP })
    if (retailerIds.length === 0) {
      return false
    }
    if (this.calls <= 0) {
      return true
    }
    const metaCatalogId = this.open.catalog.meta_catalog_id
    const found = new Map<string, ProductItem>()
    this.spend(1)
    for await (const item of findItems(this.open.client, { metaCatalogId, retailerIds, fields: FIELDS })) {
      found.set(item.retailer_id, item)
    }
    const missing: string[] = []
    let isCutShort = false
    for (const retailerId of retailerIds.filter((id) => !found.has(id))) {
      if (this.calls <= 0 || this.run.confirmations >= MAX_CONFIRMATIONS) {
        isCutShort = this.run.confirmations >= MAX_CONFIRMATIONS
        break
      }
      this.spend(1)
      this.run = { ...this.run, confirmations: this.run.confirmations + 1 }
      const item = await readItem(this.open.client, { metaCatalogId, retailerId }, FIELDS)
      if (item) {
        found.set(retailerId, item)
      } else {
        missing.push(retailerId)
      }
    }
    const asked = new Set(retailerIds)
    await this.takeIn([...found].filter(([id]) => asked.has(id)).map(([retailer_id, item]) => ({ ...item, retailer_id })), {})
    await this.takeMissing(missing)
    return !isCutShort
  }

  /** Stores what a page says. Issues come before the cursor moves on, so a worker that dies between leaves them to be stored again. */
  private async takeIn(items: ProductItem[], progress: Partial<AuditRun>): Promise<void> {
    const page = items.map(toPageItem)
    const compared = await this.open.module.audits.comparePage({ catalogId: this.hold.catalogId, page })
    const findings = judgePage(compared, this.settingsFor(items))
    await this.store(findings, { seen: page.map((item) => item.retailer_id), progress })
  }

  private settingsFor(items: ProductItem[]): AuditSettings {
    return {
      catalogId: this.hold.catalogId,
      sellsOnMeta: this.open.catalog.sells_on_meta,
      ourFeedIds: this.ourFeedIds,
      feedNames: new Map(items.flatMap(({ product_feed }) => (product_feed ? [[product_feed.id, product_feed.name ?? null] as const] : []))),
    }
  }

  /** The ids are recorded first: were they unlisted first, a worker that dies between would leave nobody to ask for the upload. */
  private async takeMissing(retailerIds: string[]): Promise<void> {
    if (retailerIds.length === 0) {
      return
    }
    const { catalogId } = this.hold
    const issues = retailerIds.map((retailerId) => missingIssue(retailerId, { catalogId, ourFeedIds: this.ourFeedIds }))
    const findings = { counts: { missing: retailerIds.length }, sources: {}, issues, repair: [], needsUpload: true }
    await this.store(findings, { seen: retailerIds, progress: {} })
    await this.open.module.items.unlistItems({ catalogId, retailerIds })
  }

  private async store(findings: AuditFindings, { seen, progress }: { seen: string[]; progress: Partial<AuditRun> }): Promise<void> {
    await this.open.module.issues.storeIssues(findings.issues)
    const run = { ...addFindings(this.run, findings), ...progress, failures: 0, error: null }
    const { repair } = findings
    if (!(await this.open.module.audits.recordAudit(this.hold, { run, seen, repair, priority: PRIORITY.stock }))) {
      throw new HoldLost()
    }
    this.run = run
  }

  private async conclude(): Promise<Pick<AuditRound, "state" | "result">> {
    const { module, catalog, logger } = this.open
    if (this.run.needs_upload) {
      await this.requestRepair()
    }
    const result = await module.audits.concludeAudit(this.hold)
    if (!result) {
      return { state: "running", result: null }
    }
    logger.info(`[meta-catalog] ${catalog.name}: ${summaryOf(result)}`)
    return { state: "complete", result }
  }

  /** A file with everything, told to Meta at once; without a feed, the sweep makes what is not listed. */
  private async requestRepair(): Promise<void> {
    const { module, catalog } = this.open
    const feeds = await module.listFeeds({ catalog_id: catalog.id, kind: "replace" }, { take: null, order: { id: "ASC" } })
    for (const feed of feeds) {
      await module.feeds.requestBuild({ feedId: feed.id, thenUpload: true })
    }
    if (feeds.length === 0) {
      await module.catalogs.requestSweep({ catalogIds: [catalog.id] })
    }
  }

  /**
   * An error of Meta's ends the round. A smaller page may pass where a large one does not; a cursor that Meta no longer takes is
   * dropped, because items that were seen are not looked at again.
   */
  private async stumble(error: GraphError): Promise<Pick<AuditRound, "state" | "result">> {
    const verdict = await heedGraphError(this.open, error)
    const failures = this.run.failures + (verdict.class === "retry" || verdict.class === "permanent" ? 1 : 0)
    const isHopeless = failures > MAX_FAILURES || (verdict.class === "permanent" && this.run.cursor === null)
    if (isHopeless) {
      if (await this.open.module.audits.giveUpAudit(this.hold)) {
        await this.open.module.issues.storeIssues([failureIssue(wordsOf(error), this.hold.catalogId)])
      }
      return { state: "given_up", result: null }
    }
    const run: AuditRun = {
      ...this.run,
      failures,
      error: wordsOf(error),
      page_size: verdict.class === "retry" ? Math.max(Math.min(SMALLEST_PAGE, this.run.page_size), Math.floor(this.run.page_size / 2)) : this.run.page_size,
      cursor: verdict.class === "permanent" ? null : this.run.cursor,
    }
    const waitMs = failures === this.run.failures ? 0 : Math.min(LONGEST_WAIT_MINUTES, 2 ** failures) * 60_000
    await this.open.module.audits.putDownAudit(this.hold, { run, waitMs })
    return { state: "running", result: null }
  }

  private spend(calls: number): void {
    this.calls -= calls
    this.run = { ...this.run, calls: this.run.calls + calls }
  }
}

function toPageItem(item: ProductItem): PageItem {
  return {
    retailer_id: item.retailer_id,
    quantity: item.quantity_to_sell_on_facebook ?? null,
    availability: item.availability?.toLowerCase() ?? null,
    visibility: item.visibility?.toLowerCase() ?? null,
    feed_id: item.product_feed?.id ?? null,
  }
}

/** The audit in one line: the share that agrees first. */
function summaryOf({ agree, above, below, missing, ...others }: AuditResult): string {
  const percent = agreePercent({ agree, judged: agree + above + below + missing })
  return (
    `audit: ${percent === null ? "nothing to compare" : `${percent} % agree`} (${agree} of ${agree + above + below + missing}; ${above} above, ${below} below, ` +
    `${missing} missing); ${others.repaired} repaired, ${others.skipped} skipped, ${others.orphans} orphans, ${others.other_sources} of other sources`
  )
}

const auditStep = createStep("meta-catalog-audit", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  return new StepResponse(await audit(container, catalog_id))
})

/** One round of a catalogue's audit. */
export const auditWorkflow = createWorkflow("meta-catalog-audit", (input: { catalog_id: string }) => {
  return new WorkflowResponse(auditStep(input))
})
