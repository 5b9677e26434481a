import type { Knex } from "@medusajs/framework/mikro-orm/knex"

/** The connection every transition runs on: each function here is one statement, so no transaction spans them. */
export type Sql = Knex

/** Runs one statement with named bindings (`:name`) and returns its rows. */
export async function rows<Row>(sql: Sql, statement: string, bindings: Record<string, unknown> = {}): Promise<Row[]> {
  const result = await sql.raw<{ rows: Row[] }>(statement, bindings as Record<string, Knex.RawBinding>)
  return result.rows
}

/** Runs one statement and returns its first row, or undefined. */
export async function firstRow<Row>(sql: Sql, statement: string, bindings: Record<string, unknown> = {}): Promise<Row | undefined> {
  return (await rows<Row>(sql, statement, bindings))[0]
}
