import type { Sandbox } from "../graph-sandbox"
import { CURRENCY, type LightShop } from "./shop"
import type { StockBook } from "./stock-book"

/** A catalogue at Meta with a feed, as connecting it would have left it. */
export type MetaSide = { metaCatalogId: string; token: string; metaFeedId: string }

/** Makes a catalogue at Meta that holds every item with the values the store wants now. `feedUrl` is what its schedule fetches. */
export async function openMetaSide({ control, url }: Sandbox, { shop, book, feedUrl }: { shop: LightShop; book: StockBook; feedUrl: string }): Promise<MetaSide> {
  const { id: metaCatalogId } = await control.createCatalog({ name: "Light", currency: CURRENCY.toUpperCase() })
  const { token } = await control.createToken({ catalogIds: [metaCatalogId] })
  const rows = shop.variants.map((variant) => {
    const { quantity, availability } = book.wanted(variant)
    return { id: variant.sku, ...DETAILS, price: book.wantedPrice(variant), availability, quantity_to_sell_on_facebook: quantity }
  })
  await control.putItems(metaCatalogId, rows)
  const schedule = { interval: "DAILY", hour: 3, timezone: "UTC", url: feedUrl }
  const response = await fetch(`${url}/v26.0/${metaCatalogId}/product_feeds`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Light", schedule, default_currency: CURRENCY.toUpperCase() }),
  })
  const { id: metaFeedId, error } = (await response.json()) as { id?: string; error?: { message: string } }
  if (!metaFeedId) {
    throw new Error(`the feed could not be made at the sandbox: ${error?.message}`)
  }
  return { metaCatalogId, token, metaFeedId }
}

/** Removes everything Meta holds. Few rows, so that deleting them is quicker than emptying the tables. */
export async function forgetMeta({ dataSource }: Sandbox): Promise<void> {
  await dataSource.query(dataSource.entityMetadatas.map(({ tableName }) => `delete from "${tableName}"`).join("; "))
}

const DETAILS = {
  title: "Mug",
  description: "Glazed and fired.",
  condition: "new",
  link: "https://shop.example/products/mug",
  image_link: "https://cdn.example.com/mug.jpg",
  brand: "Kiln",
}
