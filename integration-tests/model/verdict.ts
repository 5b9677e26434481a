import type { SandboxBatch } from "../graph-sandbox"
import type { Schedule } from "./schedule"

/**
 * Every item whose value at Meta is not the one the store wants, in words.
 *
 * @param refused whether those count that Meta refused
 * @param unverified whether those count whose price is unknown because their batch had to be read back, which prices cannot be (CONTRACT 4.3);
 *   the next sweep sends them again
 */
export async function differences({ ground, ids, meta, book, pushesPrices }: Schedule, { refused, unverified = true }: { refused: boolean; unverified?: boolean }): Promise<string[]> {
  const atMeta = new Map((await ground.sandbox.control.items(meta.metaCatalogId)).map((item) => [item.retailer_id, item]))
  const { rows } = await ground.database.sql.query<LedgerRow>(
    `select retailer_id, listed_at is not null as is_listed, rejected_at is not null as is_rejected, acknowledged_quantity, acknowledged_availability,
            acknowledged_price->>'price' as acknowledged_price
     from meta_catalog_item where catalog_id = $1`,
    [ids.catalogId]
  )
  const ledger = new Map(rows.map((row) => [row.retailer_id, row]))
  return ground.shop.variants.flatMap((variant) => {
    const row = ledger.get(variant.sku)
    const described = (pair: Pair, price: string | null) => `${pair.quantity} ${pair.availability}${pushesPrices ? ` for ${price}` : ""}`
    const item = atMeta.get(variant.sku)
    const wanted = described(book.wanted(variant), book.wantedPrice(variant))
    const held = item ? described({ quantity: item.quantity_to_sell_on_facebook, availability: item.availability }, item.price) : "nothing"
    const known = row ? described({ quantity: row.acknowledged_quantity, availability: row.acknowledged_availability }, row.acknowledged_price) : "no item"
    const isForgiven = (!refused && row?.is_rejected) || (!unverified && pushesPrices && row?.acknowledged_price === null)
    return isForgiven || (held === wanted && known === wanted && row?.is_listed)
      ? []
      : [`${variant.sku}: wanted ${wanted}, at Meta ${held}, acknowledged ${known}${row?.is_listed ? "" : ", not listed"}`]
  })
}

type LedgerRow = {
  retailer_id: string
  is_listed: boolean
  is_rejected: boolean
  acknowledged_quantity: number | null
  acknowledged_availability: string | null
  acknowledged_price: string | null
}

type Pair = { quantity: number | null; availability: string | null }

/**
 * Items that came in a call while an earlier one with the same item was known and not finished: its handle stands on a batch
 * that was never in doubt. A call without a handle here was lost on its way, and may have come in long after it was sent.
 */
async function sentWhileKnownInFlight({ ground, ids, meta }: Schedule): Promise<string[]> {
  const { rows } = await ground.database.sql.query<{ handle: string; is_certain: boolean }>(
    "select handle, doubtful_until is null as is_certain from meta_catalog_batch where catalog_id = $1 and handle is not null",
    [ids.catalogId]
  )
  const isCertain = new Map(rows.map(({ handle, is_certain }) => [handle, is_certain]))
  const batches = (await ground.sandbox.control.batches(meta.metaCatalogId))
    .filter(({ handle }) => isCertain.has(handle))
    .map((batch) => ({ ...batch, from: Date.parse(batch.received_at), until: batch.finished_at ? Date.parse(batch.finished_at) : Infinity }))
  return batches
    .filter(({ handle }) => isCertain.get(handle))
    .flatMap((earlier) => {
      const ids = new Set(earlier.requests.map(({ data }) => data.id))
      const during = batches.filter((later) => later !== earlier && later.from >= earlier.from && later.from < earlier.until)
      return during.flatMap((later) => shared(later, ids).map((id) => `${id} was sent at ${later.received_at} while ${earlier.handle} was under way`))
    })
}

function shared({ requests }: SandboxBatch, ids: Set<string>): string[] {
  return requests.map(({ data }) => data.id).filter((id) => ids.has(id))
}

/**
 * Items that were claimed for a call while an earlier one held them, by the plugin's own books: the same rule, whatever time Meta
 * took. An item that was refused is let go before its batch ends, and a carrier does not hold up a sell-out.
 */
async function claimedWhileHeld({ ground, ids }: Schedule): Promise<string[]> {
  const { rows } = await ground.database.sql.query<{ what: string }>(
    `with entry as (
       select b.id, b.created_at, b.settled_at, b.doubtful_until, v.retailer_id, coalesce(b.rejected, '[]') ? v.retailer_id as is_refused
       from meta_catalog_batch b, jsonb_to_recordset(b.values) as v(retailer_id text)
       where b.catalog_id = $1 and b.transport <> 'upload')
     select format('%s was claimed for %s while %s held it', later.retailer_id, later.id, earlier.id) as what
     from entry earlier join entry later
       on later.retailer_id = earlier.retailer_id and later.id <> earlier.id and later.created_at >= earlier.created_at
          and later.created_at < coalesce(earlier.settled_at, 'infinity')
     where earlier.doubtful_until is null and not earlier.is_refused`,
    [ids.catalogId]
  )
  return rows.map(({ what }) => what)
}

/** Everything that was in flight twice at a time or twice in one call, in words. */
export async function sentTwice(schedule: Schedule): Promise<string[]> {
  return [...(await sentWhileKnownInFlight(schedule)), ...(await claimedWhileHeld(schedule)), ...(await callsWithDuplicates(schedule))]
}

/** Calls that named an item twice: with `duplicate_in_batch` "call" the sandbox refuses them as a whole. */
async function callsWithDuplicates({ ground, meta }: Schedule): Promise<string[]> {
  const calls = await ground.sandbox.control.calls({ path: `/${meta.metaCatalogId}/items_batch$` })
  return calls.filter(({ error_code, fault }) => error_code === 100 && fault === null).map(({ received_at }) => `the call of ${received_at}`)
}
