import { Client } from "pg"

/** The last upload as the sandbox stored it. */
export interface StoredUpload {
  id: string
  detected: number
  persisted: number
  invalid: number
}

/**
 * Reads the sandbox's database directly, past every API of the sandbox and the plugin, so that the demo's figures are
 * compared with what really is stored on Meta's side.
 */
export class GraphDatabase {
  private constructor(
    private readonly client: Client,
    private readonly metaCatalogId: string,
  ) {}

  static async open(databaseUrl: string, metaCatalogId: string): Promise<GraphDatabase> {
    const client = new Client({ connectionString: databaseUrl })
    await client.connect()
    return new GraphDatabase(client, metaCatalogId)
  }

  async lastUpload(): Promise<StoredUpload | undefined> {
    const { rows } = await this.client.query(
      `select id, num_detected_items as detected, num_persisted_items as persisted, num_invalid_items as invalid
       from upload where catalog_id = $1 and end_time is not null order by end_time desc limit 1`,
      [this.metaCatalogId],
    )
    return rows[0] as StoredUpload | undefined
  }

  /** Quantity and availability per retailer id. */
  async items(): Promise<Map<string, { quantity: number | null; availability: string | null }>> {
    const { rows } = await this.client.query(
      "select retailer_id, quantity_to_sell_on_facebook as quantity, availability from item where catalog_id = $1",
      [this.metaCatalogId],
    )
    return new Map(rows.map(({ retailer_id, quantity, availability }) => [retailer_id as string, { quantity, availability }]))
  }

  /** Which of these items were in a batch received since then. */
  async receivedSince(since: Date, retailerIds: string[]): Promise<Set<string>> {
    const { rows } = await this.client.query(
      `select distinct request #>> '{data,id}' as retailer_id
       from batch, jsonb_array_elements(requests) request
       where catalog_id = $1 and received_at >= $2 and request #>> '{data,id}' = any($3)`,
      [this.metaCatalogId, since, retailerIds],
    )
    return new Set(rows.map(({ retailer_id }) => retailer_id as string))
  }

  /** Pairs of item and kind of problem among the fatal and lesser problems of one upload. */
  async uploadProblems(uploadId: string): Promise<number> {
    const { rows } = await this.client.query(
      `select count(*)::int as count from (
         select distinct sample.retailer_id, problem.error_type, problem.field
         from upload_error problem join upload_error_sample sample using (upload_id, ordinal) where upload_id = $1) pairs`,
      [uploadId],
    )
    return rows[0].count as number
  }

  close(): Promise<void> {
    return this.client.end()
  }
}
