import type { EntityManager } from "typeorm"
import type { FeedRow } from "./entities/feed"
import type { OverrideType } from "./entities/item"
import type { UploadRow } from "./entities/upload"
import { emptyFile, FileRefused, type FeedFile, type FileRow } from "./feed-parse"
import { COUNTRY_FIELDS, isOverrideKey, LOCALIZABLE_FIELDS } from "./overrides"
import type { ProblemCollector } from "./problem-collector"
import { brokenRow, missingField, refusedFile, unknownColumn, type Problem } from "./problems"
import { resolveColumns, validateRow, type Column } from "./row-validation"
import type { World } from "./world"

export type OverrideIngest = { world: World; upload: UploadRow; feed: FeedRow; file: FeedFile; collector: ProblemCollector }

/** What a column of an override file is: one of its own two, or a field of the item. */
type Layout = { override: number; remove: number; columns: Column[] }

type StagedRow = { row_number: number; retailer_id: string | null; key: string | null; remove: boolean; fields: Record<string, unknown>; fatal: boolean }

const CHUNK = 1000

/**
 * Takes the rows of a country or language feed in: values that stand in an item's place there. It never adds or deletes an item. A row with
 * `delete` true takes the override away; one that the file lacks stays, unless the settings say otherwise.
 *
 * @returns rows read and rows refused. Throws FileRefused, with nothing applied, when the file as a whole cannot be used.
 */
export async function ingestOverrides(
  db: EntityManager,
  { lock, ...job }: OverrideIngest & { lock: (catalogId: string) => Promise<void> }
): Promise<{ detected: number; invalid: number }> {
  const type = job.feed.options.override_type as OverrideType
  const layout = layoutOf(job.file.header, { type, collector: job.collector })
  await db.query("CREATE TEMP TABLE staged_row (row_number int, retailer_id text, key text, remove boolean, fields jsonb, fatal boolean) ON COMMIT DROP")
  let detected = 0
  let chunk: StagedRow[] = []
  const write = async () => {
    await db.query(
      `INSERT INTO staged_row SELECT * FROM jsonb_to_recordset($1::jsonb)
         AS entry(row_number int, retailer_id text, key text, remove boolean, fields jsonb, fatal boolean)`,
      [JSON.stringify(chunk)]
    )
    await job.collector.flush(db)
    chunk = []
  }
  for await (const row of job.file.rows) {
    detected++
    chunk.push(check(row, { ...job, type, layout }))
    if (chunk.length === CHUNK) {
      await write()
    }
  }
  await write()
  if (detected === 0) {
    throw emptyFile()
  }
  await lock(job.feed.catalog_id)
  await refuseRows(db, job)
  await apply(db, { ...job, type })
  const [{ invalid }] = (await db.query("SELECT count(*)::int AS invalid FROM staged_row WHERE fatal")) as { invalid: number }[]
  return { detected, invalid }
}

function layoutOf(header: string[], { type, collector }: { type: OverrideType; collector: ProblemCollector }): Layout {
  const override = header.indexOf("override")
  if (override < 0) {
    throw new FileRefused(refusedFile("A required column is missing: override", "An override feed names the country or language of each row."))
  }
  const remove = header.indexOf("delete")
  const columns = resolveColumns(header).map((column, index): Column => {
    if (index === override || index === remove || (column.kind === "field" && column.field === "id")) {
      return column
    }
    if (column.kind === "unknown" || !LOCALIZABLE_FIELDS.has(column.field)) {
      collector.add(unknownColumn(header[index]))
      return { kind: "unknown", name: header[index] }
    }
    return column
  })
  if (type !== "country") {
    // Meta's guide calls these columns not allowed here; what it does with them is not said.
    const field = columns.find((column) => column.kind === "field" && COUNTRY_FIELDS.has(column.field))
    if (field) {
      throw new FileRefused(refusedFile("Column Not Allowed in a Language Feed", "price, sale_price, unit_price, status and availability belong into a country feed."))
    }
  }
  return { override, remove, columns }
}

function check({ row_number, cells, broken }: FileRow, { type, layout, feed, upload, collector }: OverrideIngest & { type: OverrideType; layout: Layout }): StagedRow {
  const options = { origin: { kind: "feed" as const, defaultCurrency: String(feed.options.default_currency) }, clearEmpty: upload.kind === "replace" }
  const row = validateRow(cells, layout.columns, options)
  const key = textOf(cells[layout.override])
  const word = textOf(cells[layout.remove])?.toLowerCase() ?? "false"
  const problems: Problem[] = broken === null ? row.problems : [brokenRow(broken)]
  if (key === null) {
    problems.push(missingField("override"))
  } else if (!isOverrideKey(type, key)) {
    problems.push(wrongValue("override", `${key} is no ${type}`))
  }
  if (!["true", "false", "1", "0"].includes(word)) {
    problems.push(wrongValue("delete", "it is true or false"))
  }
  for (const problem of problems) {
    collector.add(problem, { row_number, retailer_id: row.retailer_id })
  }
  const fatal = problems.some((problem) => problem.severity === "fatal")
  return { row_number, retailer_id: row.retailer_id, key, remove: word === "true" || word === "1", fields: row.fields, fatal }
}

function textOf(cell: unknown): string | null {
  return typeof cell === "string" && cell.trim() !== "" ? cell.trim() : null
}

function wrongValue(field: string, words: string): Problem {
  return { error_type: "PROPERTY_VALUE_FORMAT", severity: "fatal", field, summary: `Invalid Value for Property: ${field}`, description: `${words}.` }
}

/** Refuses what only the whole file or the catalogue shows: one item and key twice, items that are not in the catalogue. */
async function refuseRows(db: EntityManager, { feed, collector }: OverrideIngest): Promise<void> {
  const refuse = async (condition: string, values: unknown[], problem: Problem) => {
    const [rows] = (await db.query(`UPDATE staged_row staged SET fatal = true WHERE NOT fatal AND ${condition} RETURNING row_number, retailer_id`, values)) as [
      { row_number: number; retailer_id: string | null }[],
      number,
    ]
    for (const row of rows) {
      collector.add(problem, row)
    }
  }
  await refuse(
    "(retailer_id, key) IN (SELECT retailer_id, key FROM staged_row GROUP BY retailer_id, key HAVING count(*) > 1)",
    [],
    { ...wrongValue("id", "Several rows have this id for this override. All of them are ignored"), summary: "Non-Unique Value: id" }
  )
  await refuse(
    "NOT EXISTS (SELECT FROM item WHERE item.catalog_id = $1 AND item.retailer_id = staged.retailer_id)",
    [feed.catalog_id],
    { ...wrongValue("id", "An override needs an item of the catalogue with this id"), summary: "Item Not in the Catalog: id" }
  )
}

async function apply(db: EntityManager, { world, feed, upload, type }: OverrideIngest & { type: OverrideType }): Promise<void> {
  await db.query(
    `WITH given AS (
       SELECT item.id, jsonb_object_agg(staged.key, jsonb_build_object('feed_id', $2::text, 'values',
                jsonb_strip_nulls(coalesce(item.overrides->$3->staged.key->'values', '{}') || staged.fields))) AS entries
       FROM staged_row staged JOIN item ON item.catalog_id = $1 AND item.retailer_id = staged.retailer_id
       WHERE NOT staged.fatal AND NOT staged.remove GROUP BY item.id)
     UPDATE item SET overrides = overrides || jsonb_build_object($3::text, coalesce(overrides->$3, '{}') || given.entries)
     FROM given WHERE item.id = given.id`,
    [feed.catalog_id, feed.id, type]
  )
  const drops = world.settings.absent_override_row === "drop" && upload.kind === "replace"
  await db.query(
    `WITH gone AS (
       SELECT item.id, array_agg(held.key) AS keys
       FROM item CROSS JOIN LATERAL jsonb_each(item.overrides->$2) AS held
       LEFT JOIN staged_row staged ON staged.retailer_id = item.retailer_id AND staged.key = held.key
       WHERE item.catalog_id = $1 AND held.value->>'feed_id' = $3
         AND (staged.remove AND NOT staged.fatal OR staged.retailer_id IS NULL AND $4)
       GROUP BY item.id)
     UPDATE item SET overrides = overrides || jsonb_build_object($2::text, (overrides->$2) - gone.keys)
     FROM gone WHERE item.id = gone.id`,
    [feed.catalog_id, type, feed.id, drops]
  )
}
