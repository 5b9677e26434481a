import { randomBytes } from "node:crypto"
import { z } from "zod"
import { hashToken } from "./auth"
import { command, type Command } from "./control-command"
import { ORDER_COMMANDS } from "./control-orders"
import { emptyDatabase, nextNodeId } from "./database"
import { CatalogEntity } from "./entities/catalog"
import { ItemEntity } from "./entities/item"
import { TokenEntity, type TokenRow } from "./entities/token"
import { finishReports } from "./error-reports"
import { faultSchema } from "./faults"
import { upsertItems } from "./item-store"
import { localizedFields } from "./overrides"
import { patchSettings } from "./settings"
import { runScheduledFetch } from "./uploads"

const tokenState = z.enum(["valid", "expired", "revoked"])

const numericText = z.string().regex(/^\d{1,20}$/)

const nothing = z.strictObject({})

/** Every control command by its path below `/sandbox/`; all are POST with a JSON body. */
export const COMMANDS: Record<string, Command> = {
  ...ORDER_COMMANDS,
  "create-catalog": command(
    z.strictObject({
      id: numericText.optional(),
      name: z.string(),
      businessId: numericText.optional(),
      currency: z.string().default("USD"),
    }),
    async (world, { id: wanted, name, businessId, currency }) => {
      const id = wanted ?? (await nextNodeId(world.db))
      const business_id = businessId ?? (await nextNodeId(world.db))
      await world.db
        .getRepository(CatalogEntity)
        .insert({ id, name, business_id, currency, vertical: "commerce", created_at: world.clock.now() })
      return { id }
    }
  ),
  "create-token": command(
    z.strictObject({
      token: z.string().min(1).optional(),
      catalogIds: z.array(z.string()),
      permissions: z.array(z.string()).default(["catalog_management", "business_management"]),
      appSecret: z.string().optional(),
      requireProof: z.boolean().default(false),
      admin: z.boolean().default(true),
      state: tokenState.default("valid"),
    }),
    async (world, given) => {
      const token = given.token ?? `EAAG${randomBytes(24).toString("hex")}`
      const row: TokenRow = {
        token_hash: hashToken(token),
        user_id: await nextNodeId(world.db),
        catalog_ids: given.catalogIds,
        permissions: given.permissions,
        app_secret: given.appSecret ?? null,
        require_proof: given.requireProof,
        admin: given.admin,
        state: given.state,
      }
      await world.db.getRepository(TokenEntity).upsert(row, ["token_hash"])
      return { token }
    }
  ),
  "update-token": command(
    z.strictObject({
      token: z.string(),
      catalogIds: z.array(z.string()).optional(),
      permissions: z.array(z.string()).optional(),
      appSecret: z.string().nullable().optional(),
      requireProof: z.boolean().optional(),
      admin: z.boolean().optional(),
      state: tokenState.optional(),
    }),
    async (world, { token, ...patch }) => {
      const columns = {
        catalog_ids: patch.catalogIds,
        permissions: patch.permissions,
        app_secret: patch.appSecret,
        require_proof: patch.requireProof,
        admin: patch.admin,
        state: patch.state,
      }
      const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
      const { affected } = await world.db.getRepository(TokenEntity).update({ token_hash: hashToken(token) }, given)
      if (affected !== 1) {
        throw new Error("There is no such token")
      }
      return {}
    }
  ),
  items: command(
    z.strictObject({ catalogId: z.string(), retailerIds: z.array(z.string()).optional() }),
    (world, { catalogId, retailerIds }) =>
      world.db.query(
        `SELECT id, retailer_id, feed_id, title, price, availability, visibility, quantity_to_sell_on_facebook,
         fields || supplement AS fields, supplement, overrides, created_at, updated_at, updated_by
       FROM item WHERE catalog_id = $1 AND ($2::text[] IS NULL OR retailer_id = ANY($2::text[])) ORDER BY retailer_id`,
        [catalogId, retailerIds ?? null]
      )
  ),
  "localized-item": command(
    z.strictObject({ catalogId: z.string(), retailerId: z.string(), country: z.string().optional(), language: z.string().optional() }),
    async (world, { catalogId, retailerId, ...viewer }) => {
      const item = await world.db.getRepository(ItemEntity).findOneBy({ catalog_id: catalogId, retailer_id: retailerId })
      return item && localizedFields(item, viewer)
    }
  ),
  "put-items": command(
    z.strictObject({ catalogId: z.string(), rows: z.array(z.looseObject({ id: z.string() })) }),
    async (world, { catalogId, rows }) => {
      const writes = rows.map(({ id, ...fields }) => ({ retailer_id: id, fields }))
      await world.writes.hold(catalogId, () => upsertItems(world.db, { catalogId, writes, by: "control", now: world.clock.now() }))
      return {}
    }
  ),
  feeds: command(z.strictObject({ catalogId: z.string() }), (world, { catalogId }) =>
    world.db.query(
      `SELECT id, name, deletion_enabled, options, schedule - 'password' AS schedule, update_schedule - 'password' AS update_schedule,
         next_replace_at, next_update_at, last_fetch, created_at,
         (SELECT count(*)::int FROM item WHERE item.feed_id = feed.id) AS product_count
       FROM feed WHERE catalog_id = $1 ORDER BY id`,
      [catalogId]
    )
  ),
  uploads: command(z.strictObject({ feedId: z.string() }), (world, { feedId }) =>
    world.db.query(
      `SELECT id, kind, input_method, url, filename, start_time, end_time, failed, num_detected_items, num_persisted_items, num_deleted_items,
         num_invalid_items, error_count, warning_count,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('error_type', error_type, 'severity', severity, 'field', field, 'summary', summary,
            'description', description, 'total_count', total_count) ORDER BY ordinal), '[]') FROM upload_error WHERE upload_id = upload.id) AS errors
       FROM upload WHERE feed_id = $1 ORDER BY id`,
      [feedId]
    )
  ),
  batches: command(z.strictObject({ catalogId: z.string() }), (world, { catalogId }) =>
    world.db.query(
      `SELECT handle, status, allow_upsert, request_count, requests, received_at, finished_at, expires_at, errors_total_count, errors,
         warnings_total_count, warnings, ids_of_invalid_requests
       FROM batch WHERE catalog_id = $1 ORDER BY received_at, handle`,
      [catalogId]
    )
  ),
  calls: command(
    z.strictObject({ path: z.string().optional(), since: z.string().optional(), method: z.string().optional() }),
    (world, { path, since, method }) =>
      world.db.query(
        `SELECT id, method, path, query, status, error_code, error_subcode, fault, body_bytes, received_at, duration_ms FROM call
         WHERE ($1::text IS NULL OR path ~ $1) AND ($2::timestamptz IS NULL OR received_at >= $2) AND ($3::text IS NULL OR method = $3)
         ORDER BY id`,
        [path ?? null, since ?? null, method ?? null]
      )
  ),
  settings: command(nothing, async (world) => world.settings),
  "set-settings": command(z.record(z.string(), z.unknown()), async (world, patch) => {
    world.settings = patchSettings(world.settings, patch)
    if (Object.hasOwn(patch, "reorder")) {
      world.overtaking.restart()
    }
    return world.settings
  }),
  "set-faults": command(z.strictObject({ faults: z.array(faultSchema) }), async (world, { faults }) => {
    world.faults.script(faults)
    return {}
  }),
  "clear-faults": command(nothing, async (world) => {
    world.faults.clear()
    return {}
  }),
  clock: command(nothing, async (world) => ({ now: world.clock.now().toISOString() })),
  "advance-clock": command(z.strictObject({ ms: z.number(), wait: z.boolean().default(false) }), async (world, { ms, wait }) => {
    world.clock.advance(ms)
    await world.schedules.plan()
    if (wait) {
      await world.tasks.idle()
    }
    return { now: world.clock.now().toISOString() }
  }),
  "set-clock": command(z.strictObject({ now: z.iso.datetime({ offset: true }) }), async (world, { now }) => {
    world.clock.set(new Date(now))
    await world.schedules.plan()
    return { now: world.clock.now().toISOString() }
  }),
  settle: command(nothing, async (world) => {
    await world.schedules.plan()
    world.lateCalls.release()
    await world.tasks.settle()
    await finishReports(world)
    return {}
  }),
  "fetch-feed-now": command(
    z.strictObject({ feedId: z.string(), kind: z.enum(["replace", "update"]) }),
    async (world, { feedId, kind }) => ({
      upload_id: await runScheduledFetch(world, feedId, kind === "replace" ? "schedule" : "update_schedule"),
    })
  ),
  reset: command(nothing, async (world) => {
    world.faults.clear()
    world.lateCalls.clear()
    world.overtaking.clear()
    world.quotas.reset()
    world.clock.reset()
    world.settings = world.initialSettings
    await world.tasks.clear()
    await emptyDatabase(world.db)
    return {}
  }),
}
