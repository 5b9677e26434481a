import { connectCatalog, forgetCatalogs, newCatalogIds, scheduledUrl, type CatalogIds } from "../light-store/connected-catalog"
import { forgetMeta, openMetaSide, type MetaSide } from "../light-store/meta-side"
import { resetShop } from "../light-store/shop"
import { StockBook } from "../light-store/stock-book"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import type { Ground } from "./ground"
import type { Worker } from "./worker"

/** Something that was changed and of which an event may tell, once, late, more than once or never. */
export type Hint = { event: string; id: string }

/** One schedule under way: a freshly connected catalogue, what the store wants, and the hints nobody has heard yet. */
export class Schedule {
  readonly hints: Hint[] = []
  readonly book: StockBook
  readonly pushesPrices: boolean
  /** A sweep is needed for the store to be right at Meta, even where every event was heard. */
  isPolicyChanged = false

  private constructor(
    readonly ground: Ground,
    readonly ids: CatalogIds,
    readonly meta: MetaSide,
    { book, pushesPrices }: { book: StockBook; pushesPrices: boolean }
  ) {
    this.book = book
    this.pushesPrices = pushesPrices
  }

  /**
   * @param hasFile whether a feed file is published from the beginning; its build takes as long as a short schedule
   * @param pushesPrices whether the push owns the prices beside the stock
   */
  static async begin(ground: Ground, { hasFile, pushesPrices }: { hasFile: boolean; pushesPrices: boolean }): Promise<Schedule> {
    const { database, sandbox, shop, office, place } = ground
    await Promise.all([forgetMeta(sandbox), forgetCatalogs(database).then(() => resetShop(database.sql))])
    const book = new StockBook(shop)
    const ids = newCatalogIds()
    const meta = await openMetaSide(sandbox, { shop, book, feedUrl: scheduledUrl(place.publicUrl, ids) })
    await connectCatalog({ database, process: office, meta, ids, shop, book, publicUrl: place.publicUrl, pushesPrices })
    if (hasFile) {
      await buildFeed(office.container, ids.feedId)
    }
    return new Schedule(ground, ids, meta, { book, pushesPrices })
  }

  get subject(): { catalogId: string; feedId: string } {
    return this.ids
  }

  async worker(place: number): Promise<Worker> {
    return await this.ground.worker(place)
  }

  /** Both clocks; Meta's first, so that what it does late is done before the plugin sees the time of it. */
  async advance(ms: number): Promise<void> {
    await this.ground.sandbox.control.advanceClock(ms, { wait: true })
    await this.ground.database.advanceClock(ms)
  }
}
