import { agreePercent } from "../../catalog/stock/audit-verdict"
import type { GraphClient } from "../../graph-api/client"
import { GraphError } from "../../graph-api/graph-error"
import { findItems, listItems, readItem, type ProductItem } from "../../graph-api/product-items"
import { managementUsage, percentUsed } from "../../graph-api/usage"
import type { PageItem } from "../../modules/meta-catalog/audits/audit-comparison"
import type { AuditHold, AuditResult, AuditRun } from "../../modules/meta-catalog/audits/audits"
import { PRIORITY } from "../../modules/meta-catalog/push/priority"
import { addFindings, failureIssue, judgePage, missingIssue, type AuditFindings, type AuditSettings } from "./audit-findings"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { clientOf, type OpenCatalog } from "../open-catalog"

/** From this much of the management bucket on, in percent, an audit waits: the push asks for its batches' status in the same one. */
const MOST_USED_PERCENT = 75
const BUSY_WAIT_MS = 10 * 60_000
const SMALLEST_PAGE = 25
const IDS_PER_LOOKUP = 50
/** Single reads of one audit. Where more items are missing, the rest is looked up by the next one. */
const MAX_CONFIRMATIONS = 500
const MAX_FAILURES = 10
/** Cursors that Meta takes no longer, in one audit. */
const MAX_DROPS = 3
/** Wait after the nth round in a row that an error has ended: 2, 4, 8 … minutes. */
const LONGEST_WAIT_MINUTES = 32

const COMPARED_FIELDS = ["quantity_to_sell_on_facebook", "availability", "visibility"]
const FIELDS = [...COMPARED_FIELDS, "product_feed{id,name}"]

/** How a round ended; `result` is there when the audit is complete. */
export type AuditEnd = { state: "running" | "complete" | "given_up"; result: AuditResult | null }

/** Thrown where another worker has taken the run over: this one stops and stores nothing more. */
class HoldLost extends Error {}

/** One worker's round of an audit that it has taken. */
export class AuditWork {
  run: AuditRun
  private calls: number
  /** Of the management bucket, in percent, as the last reply told it. */
  private usedPercent = 0
  private readonly client: GraphClient
  private readonly ourFeedIds: ReadonlySet<string>

  constructor(
    private readonly open: OpenCatalog,
    private readonly hold: AuditHold,
    { run, calls, ourFeedIds }: { run: AuditRun; calls: number; ourFeedIds: ReadonlySet<string> }
  ) {
    this.run = run
    this.calls = calls
    this.ourFeedIds = ourFeedIds
    this.client = clientOf(open.module, open.catalog, {
      onUsage: (_worst, { all }) => {
        const usage = managementUsage(all)
        this.usedPercent = usage ? percentUsed(usage) : 0
      },
    })
  }

  async goOn(): Promise<AuditEnd> {
    try {
      while (this.run.phase === "pages" && this.mayCall()) {
        await this.readPage()
      }
      while (this.run.phase === "absent") {
        const absent = await this.open.module.audits.listAbsent({ catalogId: this.hold.catalogId, limit: IDS_PER_LOOKUP })
        if (absent.length === 0 || this.run.confirmations >= MAX_CONFIRMATIONS) {
          return await this.conclude()
        }
        if (!this.mayCall()) {
          break
        }
        await this.lookUp(absent)
      }
      await this.open.module.audits.putDownAudit(this.hold, { run: this.run, waitMs: this.isBusy() ? BUSY_WAIT_MS : 0 })
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
    const page = await listItems(this.client, { metaCatalogId: this.open.catalog.meta_catalog_id, after: cursor, limit: page_size, fields: FIELDS })
    await this.takeIn(page.elements, { cursor: page.after, phase: page.after === null ? "absent" : "pages" })
  }

  /**
   * Looks up items of ours that no page has shown: paging may miss items, so an absence counts only when neither the filter nor the
   * item's own address finds it. What this round has no call left for stays to be looked up.
   */
  private async lookUp(retailerIds: string[]): Promise<void> {
    const metaCatalogId = this.open.catalog.meta_catalog_id
    const found = new Map<string, ProductItem>()
    this.spend(1)
    for await (const item of findItems(this.client, { metaCatalogId, retailerIds, fields: FIELDS })) {
      found.set(item.retailer_id, item)
    }
    const missing: string[] = []
    for (const retailerId of retailerIds.filter((id) => !found.has(id))) {
      if (!this.mayCall() || this.run.confirmations >= MAX_CONFIRMATIONS) {
        break
      }
      this.spend(1)
      this.run = { ...this.run, confirmations: this.run.confirmations + 1 }
      const item = await readItem(this.client, { metaCatalogId, retailerId }, FIELDS)
      if (item) {
        found.set(retailerId, item)
      } else {
        missing.push(retailerId)
      }
    }
    const ours = retailerIds.flatMap((id) => (found.has(id) ? [{ ...found.get(id)!, retailer_id: id }] : []))
    await this.takeIn(ours, {})
    await this.takeMissing(missing)
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

  private async conclude(): Promise<AuditEnd> {
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
  private async stumble(error: GraphError): Promise<AuditEnd> {
    const verdict = await heedGraphError(this.open, error)
    const failures = this.run.failures + (verdict.class === "retry" || verdict.class === "permanent" ? 1 : 0)
    const drops = (this.run.drops ?? 0) + (verdict.class === "permanent" ? 1 : 0)
    // A first page that passes again after each refused one would otherwise go on for good.
    const isHopeless = failures > MAX_FAILURES || drops > MAX_DROPS || (verdict.class === "permanent" && this.run.cursor === null)
    if (isHopeless) {
      if (await this.open.module.audits.giveUpAudit(this.hold)) {
        await this.open.module.issues.storeIssues([failureIssue(wordsOf(error), this.hold.catalogId)])
      }
      return { state: "given_up", result: null }
    }
    const run: AuditRun = {
      ...this.run,
      failures,
      drops,
      error: wordsOf(error),
      page_size: verdict.class === "retry" ? Math.max(Math.min(SMALLEST_PAGE, this.run.page_size), Math.floor(this.run.page_size / 2)) : this.run.page_size,
      cursor: verdict.class === "permanent" ? null : this.run.cursor,
    }
    const waitMs = failures === this.run.failures ? 0 : Math.min(LONGEST_WAIT_MINUTES, 2 ** failures) * 60_000
    await this.open.module.audits.putDownAudit(this.hold, { run, waitMs })
    return { state: "running", result: null }
  }

  private mayCall(): boolean {
    return this.calls > 0 && !this.isBusy()
  }

  private isBusy(): boolean {
    return this.usedPercent >= MOST_USED_PERCENT
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
