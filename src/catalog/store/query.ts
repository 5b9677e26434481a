import type { Knex } from "@medusajs/framework/mikro-orm/knex"

/** Values for the `:name` places of a statement. */
export type Bindings = Record<string, string | number | boolean | null | readonly string[]>

/** Runs one statement with named bindings and returns its rows. */
export async function query<Row>(sql: Knex, statement: string, bindings: Bindings = {}): Promise<Row[]> {
  const result = await sql.raw<{ rows: Row[] }>(statement, bindings as Record<string, Knex.RawBinding>)
  return result.rows
}

/** A row as an array in the order of the columns, which takes half the time to read. */
export type Cells = readonly unknown[]

/** As `query`, with each row as an array. */
export async function queryCells(sql: Knex, statement: string, bindings: Bindings): Promise<Cells[]> {
  const raw = sql.raw<{ rows: Cells[] }>(statement, bindings as Record<string, Knex.RawBinding>)
  return (await raw.options({ rowMode: "array" })).rows
}

/**
 * As `queryCells`, for a statement that is run again and again on one connection: PostgreSQL keeps its plan under `name`, which
 * for a statement of many joins takes longer to make than to run.
 */
export async function preparedCells(
  sql: Knex.Transaction,
  { name, statement, bindings }: { name: string; statement: string; bindings: Bindings }
): Promise<Cells[]> {
  const raw = sql.raw<{ rows: Cells[] }>(statement, bindings as Record<string, Knex.RawBinding>)
  return (await raw.options({ name, rowMode: "array" })).rows
}

/**
 * Opens a transaction that sees one state of the database from its first statement to its last and can write nothing.
 * Whoever opens it ends it with `rollback()`.
 */
export async function openSnapshot(sql: Knex): Promise<Knex.Transaction> {
  const snapshot = await sql.transaction(undefined, { isolationLevel: "repeatable read", readOnly: true })
  // Between two pages a slow store of files may keep us waiting; a server's own limit may be a few seconds.
  await snapshot.raw("set local idle_in_transaction_session_timeout = '10min'")
  return snapshot
}

/** A server-side cursor over one statement: the rows stay in PostgreSQL until they are fetched. */
export type Cursor<Row> = { fetch(): Promise<Row[]>; close(): Promise<void> }

/** `array` hands out each row as `Cells`. */
type RowMode = "object" | "array"

/**
 * Declares a cursor over a whole catalogue inside a snapshot; `fetch` answers up to `pageSize` rows and an empty page at
 * the end.
 *
 * It is planned to be read to its end, and without nested loops: after a first build or an import the statistics still
 * speak of empty tables, and a nested loop over a hundred thousand rows then takes hours instead of a second.
 */
export async function openCursor<Row>(
  snapshot: Knex.Transaction,
  { name, statement, bindings, pageSize, rowMode = "object" }: { name: string; statement: string; bindings: Bindings; pageSize: number; rowMode?: RowMode }
): Promise<Cursor<Row>> {
  await snapshot.raw("set local cursor_tuple_fraction = 1; set local enable_nestloop = off")
  await query(snapshot, `declare ${name} no scroll cursor for ${statement}`, bindings)
  await snapshot.raw("set local enable_nestloop = on")
  return {
    fetch: async () => (await snapshot.raw<{ rows: Row[] }>(`fetch ${pageSize} from ${name}`).options(rowMode === "array" ? { rowMode } : {})).rows,
    close: async () => void (await snapshot.raw(`close ${name}`)),
  }
}
