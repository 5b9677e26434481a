import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { toStored } from "../../catalog/columns/field-table"
import type { VariantSource } from "../../catalog/store/product-sources"
import { quantityToSell } from "../../catalog/stock/quantity-to-sell"
import { readListedItems, readUnlistedVariants } from "../../catalog/store/unlisted-variants"
import { validateItem } from "../../catalog/items/validate-item"
import { GraphError } from "../../graph-api/graph-error"
import { isNodePrice, toNewItem } from "../../graph-api/item-fields"
import { createItem, findItems, readItem, type ProductItem } from "../../graph-api/product-items"
import { packItemRows } from "../../modules/meta-catalog/items/packed-rows"
import { readCandidates, type Candidate } from "./adoption-candidates"
import { creationRefused, CREATION_REFUSED, FEED_OWNED, GONE, GONE_AT_META, HIDDEN, priceNotInHundredths, tooMany, type AdoptionFinding } from "./adoption-findings"
import { isConnectionSound } from "../catalogs/connection-sound"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { openCatalog, type OpenCatalog } from "../open-catalog"
import { MOST_SINGLE_ITEMS } from "../push/send-items"

/** The next try after Meta was away comes at any time between a tenth of this and all of it. */
const TRY_AGAIN_WITHIN_MS = 60_000
const EXISTS_ALREADY = 10800

/** What one adoption did. `unlisted`: offered variants Meta is still not known to hold. */
export type AdoptResult = { found: number; created: number; unlisted: number }

/** `stopped`: Meta is away or asks for patience, so what was not reached says nothing. */
type Adoption = {
  open: OpenCatalog
  findings: { variant: VariantSource | null; retailerId: string; finding: AdoptionFinding }[]
  listed: Set<string>
  stopped: boolean
}

/**
 * Lists the items of a catalogue without a feed, where no upload does: gives every offered variant its retailer id, looks it up
 * at Meta, and creates what Meta does not have. At most `MOST_SINGLE_ITEMS` are listed. What stands in the way of an item
 * becomes an issue. Does nothing for a catalogue whose transport is another.
 */
export async function adoptItems(open: OpenCatalog): Promise<AdoptResult> {
  const result: AdoptResult = { found: 0, created: 0, unlisted: 0 }
  if (open.catalog.transport !== "item_node") {
    return result
  }
  const { module, sql, scope } = open
  const adoption: Adoption = { open, findings: [], listed: new Set(), stopped: false }
  const startedAt = await module.issues.databaseNow()
  await followOffers(open)
  const places = Math.max(0, MOST_SINGLE_ITEMS - (await module.singleItems.countListed(scope)))
  const { variantIds, total } = await readUnlistedVariants(sql, scope, { limit: places })
  if (total > places) {
    const finding = tooMany({ offered: MOST_SINGLE_ITEMS - places + total, most: MOST_SINGLE_ITEMS })
    adoption.findings.push({ variant: null, retailerId: "", finding })
  }
  const { candidates, refusals } = await readCandidates(open, variantIds)
  // Without an item the variant's own id keeps its issue apart from the others.
  adoption.findings.push(...refusals.map(({ variant, finding }) => ({ variant, retailerId: variant.id, finding })))
  const missing = await lookUp(adoption, candidates)
  result.found = adoption.listed.size
  await createMissing(adoption, missing)
  result.created = adoption.listed.size - result.found
  result.unlisted = total - adoption.listed.size
  await storeFindings(adoption, startedAt)
  return result
}

/** Notes which listed items are offered no longer or again, and lets sold-out ones go where others need their places. */
async function followOffers({ module, sql, scope }: OpenCatalog): Promise<void> {
  const listed = await readListedItems(sql, scope)
  const gone = listed.filter((item) => !item.isOffered)
  await module.itemRegistration.recordDiscontinued({
    gone: gone.filter((item) => !item.isDiscontinued).map((item) => item.id),
    back: listed.filter((item) => item.isOffered && item.isDiscontinued).map((item) => item.id),
  })
  const { total } = await readUnlistedVariants(sql, scope, { limit: 1 })
  if (gone.length > 0 && listed.length + total > MOST_SINGLE_ITEMS) {
    await module.singleItems.unlistSoldOut({ catalogId: scope.catalogId, itemIds: gone.map((item) => item.id) })
  }
}

/** Lists what Meta has and answers with what it does not have. */
async function lookUp(adoption: Adoption, candidates: Candidate[]): Promise<Candidate[]> {
  const { open } = adoption
  const metaCatalogId = open.catalog.meta_catalog_id
  const fields = ["product_feed{id}"]
  const retailerIds = candidates.map(({ item }) => item.retailerId)
  const found = new Map<string, ProductItem>()
  const missing: Candidate[] = []
  await atMeta(adoption, async () => {
    for await (const item of findItems(open.client, { metaCatalogId, retailerIds, fields })) {
      found.set(item.retailer_id, item)
    }
    for (const candidate of candidates) {
      const { retailerId } = candidate.item
      // The list may miss items while it is paged (CONTRACT 4.3).
      const item = found.get(retailerId) ?? (await readItem(open.client, { metaCatalogId, retailerId }, fields))
      if (item === null) missing.push(candidate)
      else found.set(retailerId, item)
    }
  })
  const free = candidates.filter(({ item }) => found.has(item.retailerId) && !found.get(item.retailerId)?.product_feed)
  for (const { variant, item } of candidates) {
    // CONTRACT 4.3 and seed 0: no node calls for items that a feed owns.
    if (found.get(item.retailerId)?.product_feed) {
      adoption.findings.push({ variant, retailerId: item.retailerId, finding: FEED_OWNED })
    }
  }
  await list(adoption, free, "found in the Meta catalogue")
  return adoption.stopped ? [] : missing
}

/** Creates what Meta does not have and the store can describe; the rest becomes findings. */
async function createMissing(adoption: Adoption, missing: Candidate[]): Promise<void> {
  const { open } = adoption
  const codes = [GONE_AT_META, CREATION_REFUSED]
  const known = missing.length > 0 ? await open.module.listIssues({ catalog_id: open.catalog.id, source: "check", code: codes }, { take: null, order: { id: "ASC" } }) : []
  const created: Candidate[] = []
  for (const candidate of missing) {
    if (adoption.stopped) break
    const { variant, item } = candidate
    const findings = reasonsNotToCreate(open, candidate, known.filter((issue) => issue.retailer_id === item.retailerId))
    adoption.findings.push(...findings.map((finding) => ({ variant, retailerId: item.retailerId, finding })))
    if (findings.length === 0 && (await create(adoption, candidate))) created.push(candidate)
  }
  await list(adoption, created, "created in the Meta catalogue")
}

/** @param known the issues about this item that an earlier adoption or a push has left */
function reasonsNotToCreate(open: OpenCatalog, { item, mapped }: Candidate, known: { code: string; message: string }[]): AdoptionFinding[] {
  if (known.some((issue) => issue.code === GONE_AT_META)) return [GONE]
  const findings: AdoptionFinding[] = validateItem(mapped, open.catalog.currency_code).filter((finding) => finding.severity === "error")
  const { price } = mapped.row.variant
  if (price !== "" && !isNodePrice(price)) findings.push(priceNotInHundredths(price))
  const refusal = known.find((issue) => issue.code === CREATION_REFUSED)
  if (findings.length === 0 && refusal && item.rowHash === mapped.hash) findings.push(creationRefused(refusal.message))
  return findings
}

/** @returns whether Meta made the item. */
async function create(adoption: Adoption, { variant, item, mapped }: Candidate): Promise<boolean> {
  const { open } = adoption
  await open.module.itemRows.storeItemRows(packItemRows([{ item_id: item.id, cells: toStored(mapped.row), hash: mapped.hash }]))
  const stock = quantityToSell(variant.stock, variant.policy)
  const fields = toNewItem({ ...mapped.row.product, ...mapped.row.variant }, stock)
  let isMade = false
  await atMeta(
    adoption,
    async () => {
      await createItem(open.client, open.catalog.meta_catalog_id, fields)
      isMade = true
    },
    async (error) => {
      const address = { metaCatalogId: open.catalog.meta_catalog_id, retailerId: item.retailerId }
      if (error.code === EXISTS_ALREADY && (await readItem(open.client, address, []))) {
        // Another process was first.
        isMade = true
      } else if (await isConnectionSound(open)) {
        const finding = error.code === EXISTS_ALREADY ? HIDDEN : creationRefused(wordsOf(error))
        adoption.findings.push({ variant, retailerId: item.retailerId, finding })
      } else {
        adoption.stopped = true
      }
    }
  )
  return isMade
}

async function list(adoption: Adoption, candidates: Candidate[], reason: string): Promise<void> {
  const { module, scope } = adoption.open
  const retailerIds = candidates.map(({ item }) => item.retailerId)
  if (retailerIds.length > 0) {
    const listed = await module.singleItems.listFound({ catalogId: scope.catalogId, retailerIds, bound: MOST_SINGLE_ITEMS, reason })
    listed.forEach((id) => adoption.listed.add(id))
  }
}

/** Does calls and stops the adoption where Meta is away; what a refusal means is `refused`'s to say. */
async function atMeta(adoption: Adoption, calls: () => Promise<void>, refused?: (error: GraphError) => Promise<void>): Promise<void> {
  const { open } = adoption
  try {
    await calls()
  } catch (error) {
    if (!(error instanceof GraphError)) {
      throw error
    }
    const verdict = await heedGraphError(open, error)
    if (verdict.class === "permanent" && refused) {
      await atMeta(adoption, () => refused(error))
      return
    }
    adoption.stopped = true
    open.logger.info(`[meta-catalog] ${open.catalog.name}: items are looked up again later (${wordsOf(error)})`)
    // A create whose answer was lost is found by the next look, or made again without harm.
    const withinMs = (verdict.retryAfterMs ?? 0) + TRY_AGAIN_WITHIN_MS * (0.1 + 0.9 * Math.random())
    await open.module.catalogs.requestSweep({ catalogIds: [open.catalog.id], withinMs })
  }
}

async function storeFindings({ open, findings, stopped }: Adoption, startedAt: Date): Promise<void> {
  const catalogId = open.catalog.id
  await open.module.issues.storeIssues(
    findings.map(({ variant, retailerId, finding }) => ({
      ...finding,
      catalog_id: catalogId,
      source: "check",
      retailer_id: retailerId,
      product_id: variant?.productId ?? null,
      variant_id: variant?.id ?? null,
    }))
  )
  if (!stopped) {
    await open.module.issues.removeStaleIssues({ catalogId, source: "check", before: startedAt })
  }
}

const adoptItemsStep = createStep("meta-catalog-adopt-items", async ({ catalog_id }: { catalog_id: string }, { container }) => {
  const open = await openCatalog(container, catalog_id)
  return new StepResponse<AdoptResult>(open ? await adoptItems(open) : { found: 0, created: 0, unlisted: 0 })
})

/** Finds or creates at Meta the items of a catalogue that is kept in step by single-item updates. */
export const adoptItemsWorkflow = createWorkflow("meta-catalog-adopt-items", (input: { catalog_id: string }) => {
  return new WorkflowResponse(adoptItemsStep(input))
})
