import type { AdminCatalog, AdminCatalogInput, AdminCatalogStatus, AdminConnectionTest } from "../../src/api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import type { AdminIssue } from "../../src/api/admin/meta-catalog/issue-types"
import type { AdminProductItem, AdminProductStatus } from "../../src/api/admin/meta-catalog/item-types"

/** The admin API of a running store as the demo uses it, the plugin's routes and Medusa's own. */
export class AdminApi {
  constructor(
    private readonly url: string,
    private readonly secretKey: string,
  ) {}

  async createCatalog(input: AdminCatalogInput): Promise<AdminCatalog> {
    return (await this.post<{ catalog: AdminCatalog }>("/admin/meta-catalog/catalogs", input)).catalog
  }

  async testConnection(catalogId: string): Promise<AdminConnectionTest> {
    return (await this.post<{ test: AdminConnectionTest }>(`/admin/meta-catalog/catalogs/${catalogId}/test-connection`)).test
  }

  async createFeed(catalogId: string): Promise<AdminFeed> {
    return (await this.post<{ feed: AdminFeed }>(`/admin/meta-catalog/catalogs/${catalogId}/feeds`, {})).feed
  }

  generate(feedId: string): Promise<unknown> {
    return this.post(`/admin/meta-catalog/feeds/${feedId}/generate`)
  }

  upload(feedId: string): Promise<unknown> {
    return this.post(`/admin/meta-catalog/feeds/${feedId}/upload`)
  }

  push(catalogId: string): Promise<unknown> {
    return this.post(`/admin/meta-catalog/catalogs/${catalogId}/push`)
  }

  status(catalogId: string): Promise<AdminCatalogStatus> {
    return this.call<AdminCatalogStatus>("GET", `/admin/meta-catalog/catalogs/${catalogId}/status`)
  }

  /** The items of one product in one catalogue. */
  async productItems(productId: string, catalogId: string): Promise<AdminProductItem[]> {
    const { catalogs } = await this.call<AdminProductStatus>("GET", `/admin/meta-catalog/products/${productId}`)
    return catalogs.find(({ id }) => id === catalogId)?.items ?? []
  }

  async issues(): Promise<AdminIssue[]> {
    const all: AdminIssue[] = []
    for (;;) {
      const page = await this.call<{ issues: AdminIssue[]; count: number }>("GET", `/admin/meta-catalog/issues?limit=100&offset=${all.length}`)
      all.push(...page.issues)
      if (all.length >= page.count || page.issues.length === 0) {
        return all
      }
    }
  }

  /** Sets the stock of one inventory item at one location, as a person does in Medusa's inventory pages. */
  setStock(level: { inventoryItemId: string; locationId: string; quantity: number }): Promise<unknown> {
    return this.post(`/admin/inventory-items/${level.inventoryItemId}/location-levels/${level.locationId}`, { stocked_quantity: level.quantity })
  }

  private post<T>(path: string, body?: unknown): Promise<T> {
    return this.call<T>("POST", path, body)
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${this.secretKey}:`).toString("base64")}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`)
    }
    return (text ? JSON.parse(text) : undefined) as T
  }
}
