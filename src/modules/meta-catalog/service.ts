import type { DAL } from "@medusajs/framework/types"
import { MedusaError, MedusaService } from "@medusajs/framework/utils"
import * as auditing from "./audits/audits"
import * as auditComparison from "./audits/audit-comparison"
import * as doubts from "./batches/batch-doubts"
import * as settlement from "./batches/batch-settlement"
import * as sending from "./batches/batches"
import * as budget from "./push/budget"
import * as cancellations from "./orders/cancellations"
import * as carrying from "./carriers/carriers"
import * as carrierSettlement from "./carriers/carrier-settlement"
import * as catalogs from "./catalogs/catalogs"
import * as categoryMappings from "./catalogs/category-mappings"
import * as columns from "./feeds/columns"
import * as feedDrift from "./feeds/feed-drift"
import * as feeds from "./feeds/feeds"
import * as fetches from "./feeds/fetches"
import * as history from "./push/history"
import * as issues from "./issues"
import * as itemRegistration from "./items/item-registration"
import * as itemRows from "./items/item-rows"
import * as items from "./items/items"
import * as latency from "./push/latency"
import { AuditedItem, Batch, Call, Cancellation, Catalog, CategoryMapping, Column, Feed, Fetch, Issue, Item, ItemChange, ItemRow, Order, OrderItem, OverriddenItem, Snapshot, StockDay, StockRule, Upload } from "./models"
import * as metaOrders from "./orders/meta-orders"
import * as moves from "./feeds/moves"
import * as nextFetches from "./feeds/next-fetches"
import * as nextPushes from "./push/next-push"
import * as nextWork from "./push/next-work"
import * as orderBookings from "./orders/order-bookings"
import * as overlays from "./items/overridden-items"
import * as panic from "./stock/panic"
import * as overview from "./catalogs/overview"
import { parseOptions, type MetaCatalogOptions } from "./options"
import { SecretBox } from "./catalogs/secrets"
import * as ranking from "./push/ranking"
import * as renames from "./items/renames"
import * as retention from "./catalogs/retention"
import * as servedFiles from "./feeds/served-files"
import * as singleItems from "./items/single-items"
import * as snapshotColumns from "./snapshots/snapshot-columns"
import * as snapshotDiffs from "./snapshots/snapshot-diffs"
import * as snapshotHistory from "./snapshots/snapshot-history"
import * as snapshots from "./snapshots/snapshots"
import type { Sql } from "./sql"
import * as stockDays from "./stock/stock-days"
import * as stockRules from "./stock/stock-rules"
import * as updateUploads from "./feeds/update-uploads"
import * as uploads from "./uploads/uploads"
import * as velocity from "./stock/velocity"

type Cradle = { baseRepository: DAL.RepositoryService }
type Transition = (sql: Sql, ...rest: never[]) => unknown
type Bound<Transitions> = {
  [Name in keyof Transitions]: Transitions[Name] extends (sql: Sql, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never
}

/** Binds the transitions of one file to the connection, keeping their names and types. */
function bind<Transitions extends Record<string, Transition>>(connection: () => Sql, transitions: Transitions): Bound<Transitions> {
  const bound = Object.entries(transitions).map(([name, transition]) => [name, (...rest: never[]) => transition(connection(), ...rest)])
  return Object.fromEntries(bound) as Bound<Transitions>
}

/**
 * The plugin's state. Generated methods (`listCatalogs`, `createFeeds`, …) read and write single rows; the transitions
 * that correctness rests on are grouped by the table they move (`batches`, `items`, `uploads`, …), one SQL statement each.
 */
export class MetaCatalogModuleService extends MedusaService({ AuditedItem, Batch, Call, Cancellation, Catalog, CategoryMapping, Column, Feed, Fetch, Issue, Item, ItemChange, ItemRow, Order, OrderItem, OverriddenItem, Snapshot, StockDay, StockRule, Upload }) {
  readonly options: MetaCatalogOptions
  readonly secrets: SecretBox
  readonly audits: Bound<typeof auditing & typeof auditComparison>
  readonly batches: Bound<typeof sending & typeof doubts & typeof settlement>
  readonly budget: Bound<typeof budget>
  readonly carriers: Bound<typeof carrying & typeof carrierSettlement>
  readonly cancellations: Bound<typeof cancellations>
  readonly catalogs: Bound<typeof catalogs>
  readonly categoryMappings: Bound<typeof categoryMappings>
  readonly columns: Bound<typeof columns>
  readonly feeds: Bound<typeof feeds & typeof feedDrift & typeof nextFetches>
  readonly fetches: Bound<typeof fetches & typeof servedFiles>
  readonly history: Bound<typeof history>
  readonly issues: Bound<typeof issues>
  readonly itemRegistration: Bound<typeof itemRegistration>
  readonly itemRows: Bound<typeof itemRows>
  readonly items: Bound<typeof items>
  readonly latency: Bound<typeof latency>
  readonly metaOrders: Bound<typeof metaOrders & typeof orderBookings>
  readonly moves: Bound<typeof moves>
  readonly nextWork: Bound<typeof nextWork & typeof nextPushes>
  readonly overlays: Bound<typeof overlays>
  readonly overview: Bound<typeof overview>
  readonly panic: Bound<typeof panic>
  readonly ranking: Bound<typeof ranking>
  readonly renames: Bound<Pick<typeof renames, "cancelSwitch" | "countSwitch" | "namesPreviousIds" | "requestLateUploads">>
  readonly retention: Bound<typeof retention>
  readonly singleItems: Bound<typeof singleItems>
  readonly snapshotColumns: Bound<typeof snapshotColumns>
  readonly snapshotDiffs: Bound<typeof snapshotDiffs>
  readonly snapshots: Bound<typeof snapshots & typeof snapshotHistory>
  readonly stockDays: Bound<typeof stockDays>
  readonly stockRules: Bound<typeof stockRules>
  readonly uploads: Bound<typeof uploads & typeof updateUploads>
  readonly velocity: Bound<typeof velocity>

  /** What has to be done before the process ends, for instance writing down marks that are still in memory. */
  readonly beforeShutdown = new Set<() => Promise<void>>()
  /** Medusa calls this when it is told to stop, before connections are closed. */
  readonly __hooks = {
    onApplicationPrepareShutdown: async (): Promise<void> => {
      await Promise.allSettled([...this.beforeShutdown].map((work) => work()))
    },
  }

  constructor(cradle: Cradle, options?: Record<string, unknown>) {
    super(cradle, options)
    this.options = parseOptions(options)
    this.secrets = new SecretBox(this.options.encryptionKey, this.options.previousEncryptionKeys)
    const connection = (): Sql => cradle.baseRepository.getFreshManager<{ getKnex(): Sql }>().getKnex()
    this.audits = bind(connection, { ...auditing, ...auditComparison })
    this.batches = bind(connection, { ...sending, ...doubts, ...settlement })
    this.budget = bind(connection, budget)
    this.carriers = bind(connection, { ...carrying, ...carrierSettlement })
    this.cancellations = bind(connection, cancellations)
    this.catalogs = bind(connection, catalogs)
    this.categoryMappings = bind(connection, categoryMappings)
    this.columns = bind(connection, columns)
    this.feeds = bind(connection, { ...feeds, ...feedDrift, ...nextFetches })
    this.fetches = bind(connection, { ...fetches, ...servedFiles })
    this.history = bind(connection, history)
    this.issues = bind(connection, issues)
    this.itemRegistration = bind(connection, itemRegistration)
    this.itemRows = bind(connection, itemRows)
    this.items = bind(connection, items)
    this.latency = bind(connection, latency)
    this.metaOrders = bind(connection, { ...metaOrders, ...orderBookings })
    this.moves = bind(connection, moves)
    this.nextWork = bind(connection, { ...nextWork, ...nextPushes })
    this.overlays = bind(connection, overlays)
    this.overview = bind(connection, overview)
    this.panic = bind(connection, panic)
    this.ranking = bind(connection, ranking)
    this.renames = bind(connection, { cancelSwitch: renames.cancelSwitch, countSwitch: renames.countSwitch, namesPreviousIds: renames.namesPreviousIds, requestLateUploads: renames.requestLateUploads })
    this.retention = bind(connection, retention)
    this.singleItems = bind(connection, singleItems)
    this.snapshotColumns = bind(connection, snapshotColumns)
    this.snapshotDiffs = bind(connection, snapshotDiffs)
    this.snapshots = bind(connection, { ...snapshots, ...snapshotHistory })
    this.stockDays = bind(connection, stockDays)
    this.stockRules = bind(connection, stockRules)
    this.uploads = bind(connection, { ...uploads, ...updateUploads })
    this.velocity = bind(connection, velocity)
  }

  /** @throws MedusaError when the process does not know where Meta reaches it. */
  get publicUrl(): string {
    if (!this.options.publicUrl) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        "public_url: the backend's public URL is not known; set the plugin option publicUrl or MEDUSA_BACKEND_URL"
      )
    }
    return this.options.publicUrl
  }

  /**
   * The Basic credentials Meta sends when it fetches a feed, or null when the feed asks for none.
   *
   * @throws SecretUnreadable when no configured key opens the password.
   */
  async feedCredentials(feedId: string): Promise<{ username: string; password: string } | null> {
    return await this.openCredentials(await this.retrieveFeed(feedId))
  }

  /**
   * As `feedCredentials`, of a row that has been read.
   *
   * @throws SecretUnreadable when no configured key opens the password.
   */
  async openCredentials(feed: {
    id: string
    basic_username: string | null
    basic_password_encrypted: string | null
  }): Promise<{ username: string; password: string } | null> {
    if (!feed.basic_username || !feed.basic_password_encrypted) {
      return null
    }
    const password = this.secrets.decrypt(feed.basic_password_encrypted, { rowId: feed.id, column: "basic_password" })
    return { username: feed.basic_username, password }
  }
}
