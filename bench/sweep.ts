import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Client } from "pg"
import { ensureStoreDatabase } from "../integration-tests/store/store-database"
import { testEncryptionKey } from "../integration-tests/store/start-store"
import type { Benchmark } from "../scripts/bench"
import { fillCatalogue, filled } from "./catalogue/fill"
import { median } from "./push/quantiles"
import type { SweepFigures, SweepOrder } from "./sweep/sweep-process"

/** What PostgreSQL alone needs to say how many of each variant the channel has. Its rows are read by the client and dropped. */
const FLOOR_STATEMENT = `
  with level as (
    select inventory_item_id, sum(stocked_quantity - reserved_quantity) as quantity
    from inventory_level
    where deleted_at is null and location_id in (
      select stock_location_id from sales_channel_stock_location where sales_channel_id = '${filled.salesChannelId}' and deleted_at is null)
    group by inventory_item_id)
  select l.variant_id, min(floor(coalesce(level.quantity, 0) / l.required_quantity))::float8 as available
  from product_variant_inventory_item l
  join product_variant v on v.id = l.variant_id and v.deleted_at is null
  join product p on p.id = v.product_id and p.deleted_at is null and p.status = 'published'
  join product_sales_channel psc on psc.product_id = p.id and psc.sales_channel_id = '${filled.salesChannelId}' and psc.deleted_at is null
  left join level on level.inventory_item_id = l.inventory_item_id
  where l.deleted_at is null
  group by l.variant_id`

/**
 * `npm run bench -- sweep --items 100000 [--rounds 5]`: one sweep over a catalogue in which every hundredth or every item differs
 * from what Meta was told, against the channel's availability in SQL. Both take turns. `bench/README.md` says what each figure means.
 */
export const run: Benchmark = async ({ postgres, arguments: rest }) => {
  const { values } = parseArgs({ args: rest, options: { items: { type: "string", default: "100000" }, rounds: { type: "string", default: "5" } } })
  const items = Number(values.items)
  const name = `bench_sweep_${items}`
  const databaseUrl = postgres.url(name)
  await postgres.dropDatabase(name)
  try {
    console.error(`filling a store with ${items} variants`)
    await ensureStoreDatabase({ databaseUrl, seeded: false })
    await fillCatalogue(databaseUrl, { items })
    return await measure({ databaseUrl, items, rounds: Number(values.rounds) })
  } finally {
    await postgres.dropDatabase(name)
  }
}

async function measure({ databaseUrl, items, rounds }: { databaseUrl: string; items: number; rounds: number }) {
  const store = startProcess(databaseUrl)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await answer(store)
    console.error(`the floor:${FLOOR_STATEMENT}`)
    const measureOne = async (oneIn: number, because: SweepOrder["because"]) => {
      const taken: { wall_s: number; floor_s: number }[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const swept = await order(store, { oneIn, because })
        if (swept.items !== items || swept.marked !== items / oneIn || swept.held > 0) {
          throw new Error(`of ${items} items ${swept.marked} were marked and ${swept.held} held, instead of ${items / oneIn} and none`)
        }
        const floor_s = await floor(client, items)
        console.error(`${because}, one in ${oneIn}, round ${round || "for warming up"}: sweep ${rounded(swept.wall_s)} s, floor ${rounded(floor_s)} s`)
        if (round > 0) taken.push({ wall_s: swept.wall_s, floor_s })
      }
      return { wall_s: rounded(median(taken.map((one) => one.wall_s))), ratio: rounded(median(taken.map((one) => one.wall_s / one.floor_s))) }
    }
    const [few, all] = [await measureOne(100, "quantity"), await measureOne(1, "quantity")]
    const prices = await measureOne(100, "price")
    const policy = await measureOne(1, "policy")
    return {
      benchmark: "sweep",
      items,
      ratio_to_floor_1pct: few.ratio,
      ratio_to_floor_100pct: all.ratio,
      wall_s_1pct: few.wall_s,
      wall_s_100pct: all.wall_s,
      items_per_s_1pct: Math.round(items / few.wall_s),
      prices_ratio_to_floor_1pct: prices.ratio,
      prices_wall_s_1pct: prices.wall_s,
      policy_wall_s: policy.wall_s,
      policy_ratio_to_sweep_100pct: rounded(policy.wall_s / all.wall_s),
      rounds,
    }
  } finally {
    store.disconnect()
    await once(store, "exit")
    await client.end()
  }
}

async function floor(client: Client, items: number): Promise<number> {
  const started = performance.now()
  const { rows } = await client.query(FLOOR_STATEMENT)
  if (rows.length !== items) {
    throw new Error(`the floor read ${rows.length} variants instead of ${items}`)
  }
  return (performance.now() - started) / 1000
}

function startProcess(databaseUrl: string): ChildProcess {
  return fork(join(__dirname, "sweep", "sweep-process.ts"), {
    execArgv: ["--import", require.resolve("tsx")],
    stdio: ["ignore", 2, "inherit", "ipc"],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      MEDUSA_BACKEND_URL: "http://localhost:9000",
      META_GRAPH_URL: "http://localhost:1",
      META_CATALOG_ENCRYPTION_KEY: testEncryptionKey,
      NODE_ENV: "production",
      REDIS_URL: "",
      LOG_LEVEL: "error",
      DISABLE_MEDUSA_ADMIN: "true",
      MEDUSA_DISABLE_TELEMETRY: "true",
    },
  })
}

async function order(store: ChildProcess, what: SweepOrder): Promise<SweepFigures> {
  store.send(what)
  return (await answer(store)) as SweepFigures
}

async function answer(store: ChildProcess): Promise<unknown> {
  const [message] = await Promise.race([
    once(store, "message"),
    once(store, "exit").then(([code]) => Promise.reject(new Error(`the measured process ended with ${code}`))),
  ])
  return message
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100
}
