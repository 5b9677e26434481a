import { firstRow, rows, type Sql } from "../sql"

/** What an item's sales have become. */
export type MeasuredVelocity = { item_id: string; units_per_day: number; velocity_bucket: "slow" | "medium" | "fast" }

/**
 * Takes one catalogue whose sales were last measured `everyMs` ago or never, the one that has waited longest. What a taker that dies
 * has taken waits for the next time: old figures cost precision, nothing else.
 *
 * @returns its id, or undefined when none is left.
 */
export async function takeVelocityMeasurement(sql: Sql, { everyMs }: { everyMs: number }): Promise<string | undefined> {
  const taken = await firstRow<{ id: string }>(
    sql,
    `update meta_catalog_catalog set velocity_measured_at = meta_catalog_now()
     where id = (
       select id from meta_catalog_catalog
       where deleted_at is null
         and (velocity_measured_at is null or velocity_measured_at < meta_catalog_now() - make_interval(secs => cast(:everyMs as float) / 1000))
       order by velocity_measured_at nulls first, id limit 1
       for update skip locked)
     returning id`,
    { everyMs }
  )
  return taken?.id
}

/** The figures are asked for anew: a measurement failed, or what it goes by was changed. */
export async function requestVelocity(sql: Sql, { catalogId }: { catalogId: string }): Promise<void> {
  await rows(sql, `update meta_catalog_catalog set velocity_measured_at = null where id = :catalogId and deleted_at is null`, { catalogId })
}

/** How many items of a catalogue are in each bucket. */
export async function countBuckets(sql: Sql, { catalogId }: { catalogId: string }): Promise<Record<MeasuredVelocity["velocity_bucket"], number>> {
  const found = await rows<{ velocity_bucket: MeasuredVelocity["velocity_bucket"]; items: number }>(
    sql,
    `select velocity_bucket, count(*)::int as items from meta_catalog_item
     where catalog_id = :catalogId and discontinued_at is null and deleted_at is null group by velocity_bucket`,
    { catalogId }
  )
  return { slow: 0, medium: 0, fast: 0, ...Object.fromEntries(found.map(({ velocity_bucket, items }) => [velocity_bucket, items])) }
}

/** Writes what was measured. No index has these columns, so the rows stay where they are. */
export async function writeVelocities(sql: Sql, { velocities }: { velocities: MeasuredVelocity[] }): Promise<void> {
  await rows(
    sql,
    `update meta_catalog_item i
     set units_per_day = v.units_per_day, velocity_bucket = v.velocity_bucket, velocity_at = meta_catalog_now()
     from jsonb_to_recordset(cast(:velocities as jsonb)) as v(item_id text, units_per_day real, velocity_bucket text)
     where i.id = v.item_id`,
    { velocities: JSON.stringify(velocities) }
  )
}
