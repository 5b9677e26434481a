import { setTimeout as wait } from "node:timers/promises"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"

/** The connection every transition runs on: each function here is one statement, so no transaction spans them. */
export type Sql = Knex

/** Statements that move the same items lock them in different orders; PostgreSQL ends one of them, which may simply run again. */
const RETRIED = new Set(["40P01", "40001"])
const ATTEMPTS = 8

/** Runs one statement with named bindings (`:name`) and returns its rows. Repeats it when it lost a deadlock. */
export async function rows<Row>(sql: Sql, statement: string, bindings: Record<string, unknown> = {}): Promise<Row[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await sql.raw<{ rows: Row[] }>(statement, bindings as Record<string, Knex.RawBinding>)
      return result.rows
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRIED.has((error as { code?: string }).code ?? "")) {
        throw error
      }
      await wait(Math.random() * 50 * attempt)
    }
  }
}

/** Runs one statement and returns its first row, or undefined. */
export async function firstRow<Row>(sql: Sql, statement: string, bindings: Record<string, unknown> = {}): Promise<Row | undefined> {
  return (await rows<Row>(sql, statement, bindings))[0]
}
