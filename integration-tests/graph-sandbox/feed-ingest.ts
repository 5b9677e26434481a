import { setTimeout as sleep } from "node:timers/promises"
import type { EntityManager } from "typeorm"
import type { FeedRow } from "./entities/feed"
import type { UploadRow } from "./entities/upload"
import { emptyFile, FileRefused, openFeedFile, type FeedFile, type FileOptions, type FileRow } from "./feed-parse"
import { ingestOverrides } from "./override-ingest"
import { ProblemCollector } from "./problem-collector"
import { brokenRow, duplicateId, missingField, ownedElsewhere, refusedFile, unknownColumn, type Problem } from "./problems"
import { resolveColumns, validateRow, type Column, type ValidatedRow } from "./row-validation"
import { drawDelay } from "./settings"
import type { World } from "./world"

export type Counts = Pick<
  UploadRow,
  "num_detected_items" | "num_persisted_items" | "num_deleted_items" | "num_invalid_items" | "error_count" | "warning_count"
>

type Ingest = { world: World; upload: UploadRow; feed: FeedRow; path: string }

/** Rows staged with one statement. */
const CHUNK = 1000

/**
 * Takes one file into the catalogue: stages and checks every row, then applies all of them in one transaction. Throws FileRefused,
 * with nothing applied, when the file as a whole cannot be used.
 */
export async function ingestFile(ingest: Ingest): Promise<Counts> {
  const { world, upload, feed } = ingest
  const file = await openFeedFile(ingest.path, feed.options as FileOptions)
  const collector = new ProblemCollector(upload.id)
  if (feed.options.override_type !== undefined) {
    return world.ingests.hold(() =>
      inLockedTransaction(world, async (db, lock) => {
        const { detected, invalid } = await ingestOverrides(db, { world, upload, feed, file, collector, lock: async (catalogId) => {
          await lock(catalogId)
          await checkFeed(db, feed)
        } })
        return finishUpload(db, { ...ingest, collector, detected, invalid, deleted: 0 })
      })
    )
  }
  const columns = resolveColumns(file.header)
  for (const column of columns) {
    if (column.kind === "unknown" && column.name !== "") {
      collector.add(unknownColumn(column.name))
    }
  }
  return world.ingests.hold(() => inLockedTransaction(world, (db, lock) => stageAndApply(db, { ...ingest, file, columns, collector, lock })))
}

/** A transaction whose work takes the write lock when it comes to it; the lock is kept until the transaction has ended. */
async function inLockedTransaction<T>(
  world: World,
  work: (db: EntityManager, lock: (catalogId: string) => Promise<void>) => Promise<T>
): Promise<T> {
  let release: () => void = () => undefined
  const lock = async (catalogId: string) => {
    release = await world.writes.take(catalogId)
  }
  try {
    return await world.db.transaction((db) => work(db, lock))
  } finally {
    release()
  }
}

type Staging = Ingest & { file: FeedFile; columns: Column[]; collector: ProblemCollector; lock: (catalogId: string) => Promise<void> }

async function stageAndApply(db: EntityManager, job: Staging): Promise<Counts> {
  const { world, feed } = job
  await db.query("CREATE TEMP TABLE staged_row (row_number int, retailer_id text, fields jsonb, missing text[], fatal boolean) ON COMMIT DROP")
  const detected = await stageRows(db, { ...job, rows: job.file.rows })
  if (detected === 0) {
    throw emptyFile()
  }
  await db.query("ANALYZE staged_row")
  await sleep(drawDelay(world.settings.ingest_delay_ms), undefined, { signal: world.stopping }).catch(() => undefined)
  await job.lock(feed.catalog_id)
  return applyRows(db, { ...job, detected })
}

async function stageRows(
  db: EntityManager,
  stage: Ingest & { rows: AsyncIterable<FileRow>; columns: Column[]; collector: ProblemCollector }
): Promise<number> {
  const replaces = isReplace(stage)
  const options = {
    origin: { kind: "feed" as const, defaultCurrency: String(stage.feed.options.default_currency) },
    clearEmpty: stage.upload.kind === "replace",
  }
  let chunk: StagedRow[] = []
  let total = 0
  const write = async () => {
    await insertStaged(db, chunk)
    await stage.collector.flush(db)
    chunk = []
  }
  for await (const row of stage.rows) {
    total++
    chunk.push(check(row, stage.columns, options, { collector: stage.collector, replaces }))
    if (chunk.length === CHUNK) {
      await write()
    }
  }
  await write()
  return total
}

type StagedRow = { row_number: number; retailer_id: string | null; fields: Record<string, unknown>; missing: string[]; fatal: boolean }

function check(
  { row_number, cells, broken }: FileRow,
  columns: Column[],
  options: Parameters<typeof validateRow>[2],
  { collector, replaces }: { collector: ProblemCollector; replaces: boolean }
): StagedRow {
  const row: ValidatedRow =
    broken === null
      ? validateRow(cells, columns, options)
      : { ...validateRow(cells, columns, options), fields: {}, missing: [], problems: [brokenRow(broken)] }
  const problems: Problem[] = replaces ? [...row.problems, ...row.missing.map(missingField)] : row.problems
  for (const problem of problems) {
    collector.add(problem, { row_number, retailer_id: row.retailer_id })
  }
  const fatal = problems.some((problem) => problem.severity === "fatal")
  return { row_number, retailer_id: row.retailer_id, fields: row.fields, missing: row.missing, fatal }
}

async function insertStaged(db: EntityManager, rows: StagedRow[]): Promise<void> {
  if (rows.length > 0) {
    await db.query(
      `INSERT INTO staged_row SELECT * FROM jsonb_to_recordset($1::jsonb)
         AS entry(row_number int, retailer_id text, fields jsonb, missing text[], fatal boolean)`,
      [JSON.stringify(rows)]
    )
  }
}

async function applyRows(db: EntityManager, apply: Ingest & { collector: ProblemCollector; detected: number }): Promise<Counts> {
  const { world, feed } = apply
  await checkFeed(db, feed)
  const movedFrom = feed.options.migrated_from_feed_id
  if (movedFrom !== undefined) {
    await db.query("UPDATE item SET feed_id = $1 WHERE feed_id = $2 AND catalog_id = $3", [feed.id, movedFrom, feed.catalog_id])
  }
  await takeOverIds(db, apply)
  await refuseRows(db, apply)
  const now = world.clock.now()
  if (isSupplementary(feed)) {
    await applySupplement(db, apply)
  } else {
    await db.query(
      `UPDATE item SET fields = jsonb_strip_nulls(item.fields || staged.fields), updated_at = $3, updated_by = 'feed', feed_id = $2
       FROM staged_row staged
       WHERE NOT staged.fatal AND item.catalog_id = $1 AND item.retailer_id = staged.retailer_id
         AND (item.feed_id IS DISTINCT FROM $2 OR item.fields <> jsonb_strip_nulls(item.fields || staged.fields))`,
      [feed.catalog_id, feed.id, now]
    )
    await db.query(
      `INSERT INTO item (id, catalog_id, retailer_id, feed_id, fields, created_at, updated_at, updated_by)
       SELECT nextval('node_id')::text, $1, staged.retailer_id, $2, jsonb_strip_nulls(staged.fields), $3, $3, 'feed'
       FROM staged_row staged
       WHERE NOT staged.fatal AND NOT EXISTS (SELECT FROM item WHERE item.catalog_id = $1 AND item.retailer_id = staged.retailer_id)`,
      [feed.catalog_id, feed.id, now]
    )
  }
  const deleted = isReplace(apply) && feed.deletion_enabled ? await deleteAbsent(db, apply) : 0
  const [{ invalid }] = (await db.query("SELECT count(*)::int AS invalid FROM staged_row WHERE fatal")) as { invalid: number }[]
  return finishUpload(db, { ...apply, invalid, deleted })
}

/**
 * A row with `previous_id` goes on as the item that had that id, with everything known of it, where the new id is no item's yet and the
 * file does not hold the former one as well. What Meta does otherwise with the column is not documented (CONTRACT 10), so a
 * switch passes it over.
 */
async function takeOverIds(db: EntityManager, { world, feed }: Ingest): Promise<void> {
  if (world.settings.previous_id === "take_over" && !isSupplementary(feed)) {
    await db.query(
      `WITH named AS (
         SELECT DISTINCT ON (staged.fields->>'previous_id') staged.retailer_id, staged.fields->>'previous_id' AS previous_id
         FROM staged_row staged
         WHERE NOT staged.fatal AND staged.fields->>'previous_id' IS NOT NULL
           AND NOT EXISTS (SELECT FROM staged_row other WHERE other.retailer_id = staged.fields->>'previous_id')
           AND NOT EXISTS (SELECT FROM staged_row other WHERE other.retailer_id = staged.retailer_id AND other.row_number <> staged.row_number)
           AND NOT EXISTS (SELECT FROM item WHERE item.catalog_id = $1 AND item.retailer_id = staged.retailer_id)
         ORDER BY staged.fields->>'previous_id', staged.row_number)
       UPDATE item SET retailer_id = named.retailer_id
       FROM named WHERE item.catalog_id = $1 AND item.feed_id = $2 AND item.retailer_id = named.previous_id`,
      [feed.catalog_id, feed.id]
    )
  }
  await db.query("UPDATE staged_row SET fields = fields - 'previous_id' WHERE fields ? 'previous_id'")
}

/** Values of a supplementary feed lie over those of the primary one, which stay as they are below. */
async function applySupplement(db: EntityManager, { world, feed, upload }: Ingest): Promise<void> {
  const now = world.clock.now()
  await db.query(
    `UPDATE item SET supplement = jsonb_strip_nulls(item.supplement || staged.fields), updated_at = $2, updated_by = 'feed'
     FROM staged_row staged
     WHERE NOT staged.fatal AND item.catalog_id = $1 AND item.retailer_id = staged.retailer_id
       AND item.supplement <> jsonb_strip_nulls(item.supplement || staged.fields)`,
    [feed.catalog_id, now]
  )
  if (upload.kind === "replace" && world.settings.absent_override_row === "drop") {
    await db.query(
      `UPDATE item SET supplement = '{}', updated_at = $3, updated_by = 'feed'
       WHERE catalog_id = $1 AND feed_id = ANY($2::text[]) AND supplement <> '{}'
         AND NOT EXISTS (SELECT FROM staged_row staged WHERE staged.retailer_id = item.retailer_id)`,
      [feed.catalog_id, feed.options.primary_feed_ids, now]
    )
  }
}

async function finishUpload(
  db: EntityManager,
  { world, upload, collector, detected, invalid, deleted }: Ingest & { collector: ProblemCollector; detected: number; invalid: number; deleted: number }
): Promise<Counts> {
  await collector.finish(db)
  const counts = {
    num_detected_items: detected,
    num_persisted_items: detected - invalid,
    num_deleted_items: deleted,
    num_invalid_items: invalid,
    error_count: collector.count("fatal"),
    warning_count: collector.count("warning"),
  }
  await db.query(
    `UPDATE upload SET num_detected_items = $2, num_persisted_items = $3, num_deleted_items = $4, num_invalid_items = $5,
       error_count = $6, warning_count = $7, end_time = $8 WHERE id = $1`,
    [upload.id, ...Object.values(counts), world.clock.now()]
  )
  return counts
}

/** The feed may have been deleted while its file was read. */
async function checkFeed(db: EntityManager, feed: FeedRow): Promise<void> {
  const [found] = (await db.query("SELECT id FROM feed WHERE id = $1", [feed.id])) as { id: string }[]
  if (!found) {
    throw new FileRefused(refusedFile("Your Data Feed File Couldn't Be Processed", "The feed was deleted meanwhile."))
  }
}

type Refused = { row_number: number; retailer_id: string | null; missing: string[] }

/** Refuses rows by what only the whole file or the catalogue shows: ids used twice, items of another feed, new items that lack fields. */
async function refuseRows(db: EntityManager, { feed, collector }: Ingest & { collector: ProblemCollector }): Promise<void> {
  const refuse = async (condition: string, values: unknown[], problems: (row: Refused) => Problem[]) => {
    const [rows] = (await db.query(
      `UPDATE staged_row staged SET fatal = true WHERE ${condition} RETURNING row_number, retailer_id, missing`,
      values
    )) as [Refused[], number]
    for (const row of rows) {
      for (const problem of problems(row)) {
        collector.add(problem, row)
      }
    }
  }
  await refuse(
    "retailer_id IN (SELECT retailer_id FROM staged_row WHERE retailer_id IS NOT NULL GROUP BY retailer_id HAVING count(*) > 1)",
    [],
    () => [duplicateId()]
  )
  const ofThis = "SELECT FROM item WHERE item.catalog_id = $1 AND item.retailer_id = staged.retailer_id"
  if (isSupplementary(feed)) {
    await refuse(
      `NOT fatal AND NOT EXISTS (${ofThis} AND item.feed_id = ANY($2::text[]))`,
      [feed.catalog_id, feed.options.primary_feed_ids],
      () => [
        { ...refusedFile("Item Not in a Primary Feed: id", "A supplementary feed only changes items of its primary feeds."), field: "id" },
      ]
    )
    return
  }
  await refuse(`NOT fatal AND EXISTS (${ofThis} AND item.feed_id IS NOT NULL AND item.feed_id <> $2)`, [feed.catalog_id, feed.id], () => [
    ownedElsewhere(),
  ])
  await refuse(`NOT fatal AND cardinality(missing) > 0 AND NOT EXISTS (${ofThis})`, [feed.catalog_id], (row) =>
    row.missing.map(missingField)
  )
}

/** Deletes the feed's items the file does not hold. A row that was refused counts as held or not as the settings say. */
async function deleteAbsent(db: EntityManager, { world, feed }: Ingest): Promise<number> {
  const [, deleted] = (await db.query(
    `DELETE FROM item WHERE item.feed_id = $1 AND NOT EXISTS (
       SELECT FROM staged_row staged WHERE staged.retailer_id = item.retailer_id AND (NOT staged.fatal OR $2))`,
    [feed.id, world.settings.fatal_row_in_replace === "keep"]
  )) as [unknown, number]
  return deleted
}

function isSupplementary(feed: FeedRow): boolean {
  return feed.options.ingestion_source_type === "SUPPLEMENTARY_FEED"
}

function isReplace({ upload, feed }: Pick<Ingest, "upload" | "feed">): boolean {
  return upload.kind === "replace" && !isSupplementary(feed)
}
