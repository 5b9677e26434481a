import { createHash, randomBytes } from "node:crypto"
import { createWriteStream, mkdirSync } from "node:fs"
import { join } from "node:path"
import { Readable, Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import { Client } from "pg"
import { testEncryptionKey, type Store } from "../../integration-tests/store/start-store"
import { fileDirectoryOf } from "../../integration-tests/store/store-database"
import { SecretBox } from "../../src/modules/meta-catalog/catalogs/secrets"

/** A file that a feed of the store serves. */
export type PublishedFile = { path: string; bytes: number; url: string; authorization: string; etag: string }

const FEED = "mcfeed_BENCHMARK"
const SNAPSHOT = "mcsnap_BENCHMARK"
const TOKEN = "the-token-of-the-benchmark"
const PASSWORD = "the password of the benchmark"

/** Gives a store a feed with Basic credentials and a published gzip file of about this size, where its File provider looks for it. */
export async function publishFile(store: Store, { megabytes }: { megabytes: number }): Promise<PublishedFile> {
  const directory = fileDirectoryOf(store.databaseUrl)
  mkdirSync(directory, { recursive: true })
  // The local provider looks for private files by this beginning of their key.
  const key = "private-benchmark.csv.gz"
  const path = join(directory, key)
  const { bytes, plainBytes, sha256 } = await writeFile(path, megabytes)
  const password = new SecretBox(testEncryptionKey).encrypt(PASSWORD, { rowId: FEED, column: "basic_password" })
  const client = new Client({ connectionString: store.databaseUrl })
  await client.connect()
  await client.query(
    `insert into meta_catalog_feed (id, catalog_id, name, schedule, token, basic_username, basic_password_encrypted, published_snapshot_id)
     values ($1, 'none', 'Benchmark', '{}', $2, 'meta', $3, $4)`,
    [FEED, TOKEN, password, SNAPSHOT]
  )
  await client.query(
    `insert into meta_catalog_snapshot (id, feed_id, number, status, file_key, sha256, bytes, plain_bytes, started_at, heartbeat_at, finished_at, published_at)
     values ($1, $2, 1, 'ready', $3, $4, $5, $6, now(), now(), now(), now())`,
    [SNAPSHOT, FEED, key, sha256, bytes, plainBytes]
  )
  await client.end()
  return {
    path,
    bytes,
    url: `${store.url}/meta-catalog/feeds/${TOKEN}/${FEED}.csv.gz`,
    authorization: `Basic ${Buffer.from(`meta:${PASSWORD}`).toString("base64")}`,
    etag: `"${sha256}"`,
  }
}

/** Writes lines that gzip makes little of, until the compressed file has its size. */
async function writeFile(path: string, megabytes: number): Promise<{ bytes: number; plainBytes: number; sha256: string }> {
  const digest = createHash("sha256")
  let [bytes, plainBytes] = [0, 0]
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  function* lines(): Generator<Buffer> {
    while (bytes < megabytes * 1e6) {
      const line = Buffer.from(`${randomBytes(48 * 1024).toString("base64")}\n`)
      plainBytes += line.length
      yield line
    }
  }
  await pipeline(Readable.from(lines()), createGzip({ level: 1 }), meter, createWriteStream(path))
  return { bytes, plainBytes, sha256: digest.digest("hex") }
}
