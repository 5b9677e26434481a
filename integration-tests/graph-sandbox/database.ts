import { DataSource } from "typeorm"
import { BatchEntity } from "./entities/batch"
import { CallEntity } from "./entities/call"
import { CatalogEntity } from "./entities/catalog"
import { CancellationEntity, MerchantEntity, OrderEntity, OrderItemEntity, ReceiptEntity } from "./entities/commerce"
import { FeedEntity } from "./entities/feed"
import { ItemEntity } from "./entities/item"
import { TokenEntity } from "./entities/token"
import { UploadEntity } from "./entities/upload"
import { UploadErrorEntity, UploadErrorSampleEntity } from "./entities/upload-error"

const ENTITIES = [
  CatalogEntity,
  TokenEntity,
  ItemEntity,
  FeedEntity,
  UploadEntity,
  UploadErrorEntity,
  UploadErrorSampleEntity,
  BatchEntity,
  CallEntity,
  MerchantEntity,
  OrderEntity,
  OrderItemEntity,
  CancellationEntity,
  ReceiptEntity,
]

const DATABASE_EXISTS = "42P04"

/**
 * Node ids come from one sequence, so no two kinds of node share one. It starts above 2^53: a client that reads ids as
 * JavaScript numbers loses digits here, as it would with Meta's (CONTRACT 1.3).
 */
const FIRST_NODE_ID = "24000000000000001"

/** Connects to the sandbox's database, creating it and its tables where they are missing. */
export async function openDatabase(databaseUrl: string): Promise<DataSource> {
  await createDatabase(databaseUrl)
  const db = new DataSource({ type: "postgres", url: databaseUrl, entities: ENTITIES, synchronize: true, poolSize: 10, logging: false })
  await db.initialize()
  await db.query(`CREATE SEQUENCE IF NOT EXISTS node_id START WITH ${FIRST_NODE_ID}`)
  return db
}

/** A new node id. */
export async function nextNodeId(db: DataSource): Promise<string> {
  const [{ id }] = await db.query<{ id: string }[]>("SELECT nextval('node_id')::text AS id")
  return id
}

/** Empties every table; node ids go on counting, so an id from before never means something else. */
export async function emptyDatabase(db: DataSource): Promise<void> {
  const tables = ENTITIES.map((entity) => `"${db.getMetadata(entity).tableName}"`).join(", ")
  await db.query(`TRUNCATE ${tables}`)
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl)
  const name = decodeURIComponent(url.pathname.slice(1))
  if (!name) {
    throw new Error("The database URL of the Graph sandbox names no database")
  }
  url.pathname = "/postgres"
  const server = await new DataSource({ type: "postgres", url: url.toString(), logging: false, poolSize: 1 }).initialize()
  try {
    await server.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`)
  } catch (error) {
    if ((error as { code?: string }).code !== DATABASE_EXISTS) {
      throw error
    }
  } finally {
    await server.destroy()
  }
}
