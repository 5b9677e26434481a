import { firstRow, rows, type Sql } from "../sql"

/** Why a catalogue sends nothing; `pause_message` says it in words. */
export type PauseReason = string

/**
 * Pauses a catalogue.
 *
 * @returns true only for the call that changed it from active, so one notification is sent.
 */
export async function pauseCatalog(
  sql: Sql,
  { catalogId, reason, message }: { catalogId: string; reason: PauseReason; message: string }
): Promise<boolean> {
  const paused = await firstRow(
    sql,
    `update meta_catalog_catalog
     set state = 'paused', pause_reason = :reason, pause_message = :message, paused_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where id = :catalogId and state = 'active' and deleted_at is null returning id`,
    { catalogId, reason, message }
  )
  return paused !== undefined
}

/** Active again; nothing was lost meanwhile, because marks go on while a catalogue is paused. */
export async function resumeCatalog(sql: Sql, { catalogId }: { catalogId: string }): Promise<boolean> {
  const resumed = await firstRow(
    sql,
    `update meta_catalog_catalog
     set state = 'active', pause_reason = null, pause_message = null, paused_at = null, throttled_until = null, quiet_until = null, failed_calls = 0, updated_at = meta_catalog_now()
     where id = :catalogId and state = 'paused' and deleted_at is null returning id`,
    { catalogId }
  )
  return resumed !== undefined
}

/** Stores what *Test connection* found. */
export async function recordHealth(sql: Sql, { catalogId, health }: { catalogId: string; health: unknown }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set health = cast(:health as jsonb), health_checked_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where id = :catalogId and deleted_at is null`,
    { catalogId, health: JSON.stringify(health) }
  )
}

/** No call of the batch bucket for this long; a later, shorter word never shortens an earlier one. */
export async function throttleCatalog(sql: Sql, { catalogId, waitMs }: { catalogId: string; waitMs: number }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set throttled_until = greatest(throttled_until, meta_catalog_now() + make_interval(secs => cast(:waitMs as float) / 1000)),
         updated_at = meta_catalog_now()
     where id = :catalogId and deleted_at is null`,
    { catalogId, waitMs }
  )
}

/**
 * A call came to nothing that says nothing about its items (a lost reply, Meta out of order): no further batch call for up to
 * 2, 4, 8 … seconds, at most five minutes. The wait is drawn evenly between nothing and that (full jitter), so that many stores do not
 * come back at the same moment. The first answer to a call ends it.
 */
export async function slowDown(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set failed_calls = failed_calls + 1, updated_at = meta_catalog_now(),
         throttled_until = greatest(throttled_until, meta_catalog_now() + make_interval(secs => random() * least(300, power(2, least(failed_calls + 1, 10)))))
     where id = :catalogId and deleted_at is null`,
    { catalogId }
  )
}

/** Meta answered a batch call: the next failure starts from a short wait again. */
export async function endSlowDown(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(sql, `update meta_catalog_catalog set failed_calls = 0 where id = :catalogId and failed_calls > 0`, { catalogId })
}

/** No call of any kind for this long: Meta asked to wait with a limit other than the batch bucket's. */
export async function quietCatalog(sql: Sql, { catalogId, waitMs }: { catalogId: string; waitMs: number }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set quiet_until = greatest(quiet_until, meta_catalog_now() + make_interval(secs => cast(:waitMs as float) / 1000)), updated_at = meta_catalog_now()
     where id = :catalogId and deleted_at is null`,
    { catalogId, waitMs }
  )
}

/** Whether Meta has asked for quiet and the time is not over. */
export async function isQuiet(sql: Sql, { catalogId }: { catalogId: string }): Promise<boolean> {
  const quiet = await firstRow(sql, `select id from meta_catalog_catalog where id = :catalogId and quiet_until > meta_catalog_now()`, { catalogId })
  return quiet !== undefined
}

/** The answer "moved" to "moved or copy?": this process's public URL is the catalogue's from now on. */
export async function adoptCatalog(sql: Sql, { catalogId, publicUrl }: { catalogId: string; publicUrl: string }): Promise<boolean> {
  const adopted = await firstRow(
    sql,
    `with feeds as (
       update meta_catalog_feed set meta_stale_since = meta_catalog_now()
       where catalog_id = :catalogId and meta_feed_id is not null and deleted_at is null)
     update meta_catalog_catalog set public_url = :publicUrl, sweep_requested_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where id = :catalogId and deleted_at is null returning id`,
    { catalogId, publicUrl }
  )
  return adopted !== undefined
}

/** Asks for a sweep of every catalogue, or of these, that starts within `withinMs`. An earlier request is never put off. */
export async function requestSweep(sql: Sql, { catalogIds, withinMs = 0 }: { catalogIds?: string[]; withinMs?: number } = {}): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set sweep_requested_at = least(sweep_requested_at, meta_catalog_now() + make_interval(secs => cast(:withinMs as float) / 1000)), updated_at = meta_catalog_now()
     where deleted_at is null and (cast(:all as boolean) or id = any(:catalogIds))`,
    { withinMs, all: catalogIds === undefined, catalogIds: catalogIds ?? [] }
  )
}

/** A stretch of time, from after `since` to `until`, in which price lists that began, ended or were edited are to be found. */
export type PriceCheck = { catalog_id: string; pushes_prices: boolean; since: Date; until: Date }

/**
 * Takes the time since each active catalogue's price lists were last looked at. The end of it is the start of the next, so
 * no moment is left out, and of two processes that come at once each gets a part. A catalogue that was never looked at
 * starts now. What a taker that dies has taken is left to the sweep.
 */
export async function takePriceChecks(sql: Sql): Promise<PriceCheck[]> {
  return await rows<PriceCheck>(
    sql,
    `with before as (
       select id, prices_checked_at from meta_catalog_catalog where state = 'active' and deleted_at is null order by id for update)
     -- A statement's time is that of its start: one that waited for the row must not turn back what the one before it reached.
     update meta_catalog_catalog c set prices_checked_at = greatest(before.prices_checked_at, meta_catalog_now())
     from before where c.id = before.id
     returning c.id as catalog_id, c.pushes_prices, coalesce(before.prices_checked_at, c.prices_checked_at) as since, c.prices_checked_at as until`
  )
}

/**
 * Takes the catalogues whose sweep is due: asked for, or the last one older than `everyMs` (null: only those asked for).
 * The request is cleared here, before anything is read, so a request during the sweep leads to another one.
 */
export async function takeSweeps(
  sql: Sql,
  { publicUrl, everyMs, catalogId }: { publicUrl: string; everyMs: number | null; catalogId?: string }
): Promise<string[]> {
  const taken = await rows<{ id: string }>(
    sql,
    `update meta_catalog_catalog
     set sweep_requested_at = null, swept_at = meta_catalog_now(), updated_at = meta_catalog_now()
     where deleted_at is null and state = 'active' and public_url = :publicUrl
       and (cast(:catalogId as text) is null or id = :catalogId)
       -- In quiet times nothing is opened for work: a request taken now would be lost.
       and (quiet_until is null or quiet_until <= meta_catalog_now())
       and (sweep_requested_at <= meta_catalog_now()
            or swept_at is null and cast(:everyMs as float) is not null
            or swept_at < meta_catalog_now() - make_interval(secs => cast(:everyMs as float) / 1000))
     returning id`,
    { publicUrl, everyMs, catalogId: catalogId ?? null }
  )
  return taken.map((row) => row.id)
}

/**
 * The push takes a group of fields over, or gives it up: what Meta holds of it is the file's from now on or was until now, so
 * nothing of it counts as known.
 */
export async function forgetGroups(sql: Sql, { catalogId, stock, prices }: { catalogId: string; stock: boolean; prices: boolean }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item
     set acknowledged_quantity = case when not :stock then acknowledged_quantity end,
         acknowledged_availability = case when not :stock then acknowledged_availability end,
         wanted_quantity = case when not :stock then wanted_quantity end,
         wanted_availability = case when not :stock then wanted_availability end,
         acknowledged_price = case when not :prices then acknowledged_price end,
         sent_price = case when not :prices then sent_price end,
         wanted_price = case when not :prices then wanted_price end, updated_at = meta_catalog_now()
     where catalog_id = :catalogId and deleted_at is null`,
    { catalogId, stock, prices }
  )
}

/** What a mass change was held for. */
export type BrakeHeld = { source: "sweep" | "build"; selling: number; unavailable: number }

/** @returns true only for the call that put the brake on, so one notification is sent. */
export async function holdBrake(sql: Sql, { catalogId, held }: { catalogId: string; held: BrakeHeld }): Promise<boolean> {
  const holding = await firstRow<{ is_new: boolean }>(
    sql,
    `with before as (select id, brake_held is null as is_new from meta_catalog_catalog where id = :catalogId for update)
     update meta_catalog_catalog c
     set brake_held = cast(:held as jsonb) || jsonb_build_object('at', meta_catalog_now()), updated_at = meta_catalog_now()
     from before where c.id = before.id returning before.is_new`,
    { catalogId, held: JSON.stringify(held) }
  )
  return holding?.is_new ?? false
}

/** A person says the mass change is meant: it passes for the next hour. */
export async function releaseBrake(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_catalog
     set brake_held = null, brake_released_until = meta_catalog_now() + interval '1 hour', sweep_requested_at = meta_catalog_now(),
         updated_at = meta_catalog_now()
     where id = :catalogId and deleted_at is null`,
    { catalogId }
  )
}

/** The mass change is over by itself (stock came back, a link was restored). */
export async function clearBrake(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(sql, `update meta_catalog_catalog set brake_held = null where id = :catalogId and brake_held is not null`, { catalogId })
}

/** Settings the brake decides by. `isReleased`: a person released a mass change within the last hour. */
export type BrakeSettings = { sharePercent: number; minimumItems: number; isReleased: boolean }

/** @returns undefined when the catalogue is gone. */
export async function readBrakeSettings(sql: Sql, { catalogId }: { catalogId: string }): Promise<BrakeSettings | undefined> {
  return await firstRow<BrakeSettings>(
    sql,
    `select brake_share_percent as "sharePercent", brake_minimum_items as "minimumItems",
            coalesce(brake_released_until > meta_catalog_now(), false) as "isReleased"
     from meta_catalog_catalog where id = :catalogId and deleted_at is null`,
    { catalogId }
  )
}

/**
 * Forgets everything about a catalogue in this store, in one statement: its parts all see the rows as they were before, so
 * the feeds may go first and still lead to their snapshots. Meta is not told; files in the File Module are
 * returned so that the caller can delete them.
 */
export async function forgetCatalog(sql: Sql, { catalogId }: { catalogId: string }): Promise<{ fileKeys: string[] }> {
  const forgotten = await firstRow<{ keys: string[] }>(
    sql,
    `with feeds as (delete from meta_catalog_feed where catalog_id = :catalogId returning id),
     snapshots as (delete from meta_catalog_snapshot where feed_id in (select id from meta_catalog_feed where catalog_id = :catalogId) returning file_key),
     fetches as (delete from meta_catalog_fetch where feed_id in (select id from meta_catalog_feed where catalog_id = :catalogId)),
     uploads as (delete from meta_catalog_upload where catalog_id = :catalogId),
     batches as (delete from meta_catalog_batch where catalog_id = :catalogId),
     category_mappings as (delete from meta_catalog_category_mapping where catalog_id = :catalogId),
     columns as (delete from meta_catalog_column where catalog_id = :catalogId),
     stock_rules as (delete from meta_catalog_stock_rule where catalog_id = :catalogId),
     calls as (delete from meta_catalog_call where catalog_id = :catalogId),
     cancellations as (delete from meta_catalog_cancellation where catalog_id = :catalogId),
     order_items as (delete from meta_catalog_order_item where order_id in (select id from meta_catalog_order where catalog_id = :catalogId)),
     orders as (delete from meta_catalog_order where catalog_id = :catalogId),
     changes as (delete from meta_catalog_item_change where catalog_id = :catalogId),
     stock_days as (delete from meta_catalog_stock_day where catalog_id = :catalogId),
     issues as (delete from meta_catalog_issue where catalog_id = :catalogId),
     audited as (delete from meta_catalog_audited_item where catalog_id = :catalogId),
     item_rows as (delete from meta_catalog_item_row where item_id in (select id from meta_catalog_item where catalog_id = :catalogId)),
     items as (delete from meta_catalog_item where catalog_id = :catalogId),
     gone as (delete from meta_catalog_catalog where id = :catalogId)
     select coalesce(array_agg(file_key) filter (where file_key is not null), '{}') as keys from snapshots`,
    { catalogId }
  )
  return { fileKeys: forgotten?.keys ?? [] }
}
