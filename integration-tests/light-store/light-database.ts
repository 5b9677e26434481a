import { Client } from "pg"
import { ensureStoreDatabase } from "../store/store-database"
import { existingServer } from "../../scripts/postgres-server"
import { fillShop, type LightShop } from "./shop"

/** A store's database without a store: migrated by Medusa itself, filled with a small shop, and its plugin clock can be moved. */
export type LightDatabase = {
  url: string
  /** A connection of the test's own. */
  sql: Client
  /** Moves what `meta_catalog_now()` answers by so many milliseconds. */
  advanceClock(ms: number): Promise<void>
  close(): Promise<void>
}

/** Makes the database anew. The offset of the clock is a row, so every process and connection sees it at once. */
export async function openLightDatabase(url: string, shop: LightShop): Promise<LightDatabase> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1))
  const server = existingServer(Object.assign(new URL(url), { pathname: "/postgres" }).href)
  await server.dropDatabase(name)
  await ensureStoreDatabase({ databaseUrl: url, seeded: false })
  const sql = new Client({ connectionString: url })
  await sql.connect()
  await fillShop(sql, shop)
  await sql.query(`
    create table light_clock (ahead interval not null);
    insert into light_clock values ('0');
    create or replace function meta_catalog_now() returns timestamptz language sql stable as
      $$ select statement_timestamp() + (select ahead from light_clock) $$`)
  return {
    url,
    sql,
    advanceClock: async (ms) => void (await sql.query("update light_clock set ahead = ahead + make_interval(secs => $1::float8 / 1000)", [ms])),
    close: async () => {
      await sql.end()
      await server.dropDatabase(name)
    },
  }
}
