import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import S3rver from "@20minutes/s3rver"

const BUCKET = "shop-files"
const OBJECT = "._S3rver_object"

/** An S3-compatible server with one bucket, on real HTTP. */
export type S3Server = {
  port: number
  /** What the store's configuration reads. */
  environment: Record<string, string>
  /** Keys of all objects, sorted. */
  keys(): string[]
  /** Multipart uploads that were begun and neither completed nor aborted. */
  openUploads(): string[]
  /** Headers a key was stored with. */
  headersOf(key: string): IncomingMessage["headers"] | undefined
  /** Whether calls that delete are refused, as for a key that may only read and write. */
  refuseDeletes(isRefused: boolean): void
  /** Cuts an object off, as a broken disk would. */
  truncate(key: string, bytes: number): void
  close(): Promise<void>
}

/** Starts the server on a free port with an empty bucket. */
export async function startS3(): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), "s3-"))
  // It takes signatures as they come, because it reads those of a query without a value (`?delete`) otherwise than S3 does.
  const s3 = new S3rver({ directory, silent: true, vhostBuckets: false, allowMismatchedSignatures: true, configureBuckets: [{ name: BUCKET, configs: [] }] })
  await s3.configureBuckets()
  const answer = s3.callback()
  const stored = new Map<string, IncomingMessage["headers"]>()
  const bucket = join(directory, BUCKET)
  let refusesDeletes = false
  const uploads = join(bucket, "._S3rver_uploads")
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, "http://s3")
    const upload = url.searchParams.get("uploadId")
    if (refusesDeletes && url.searchParams.has("delete")) {
      response.writeHead(403, { "content-type": "application/xml" }).end("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
      return
    }
    if (request.method === "DELETE" && upload) {
      // The one call of S3 the library lacks: an upload is aborted.
      rmSync(join(uploads, upload), { recursive: true })
      response.writeHead(204).end()
      return
    }
    if (request.method === "PUT" && !upload) stored.set(decodeURIComponent(url.pathname.slice(BUCKET.length + 2)), request.headers)
    answer(request, response)
  }).listen(0)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const list = (path: string) => (existsSync(path) ? readdirSync(path, { recursive: true, encoding: "utf8" }) : [])
  return {
    port,
    environment: {
      S3_BUCKET: BUCKET,
      S3_REGION: "us-east-1",
      S3_ENDPOINT: `http://localhost:${port}`,
      S3_FILE_URL: `http://localhost:${port}/${BUCKET}`,
      S3_ACCESS_KEY_ID: "S3RVER",
      S3_SECRET_ACCESS_KEY: "S3RVER",
    },
    keys: () => list(bucket).flatMap((name) => (name.endsWith(OBJECT) ? name.slice(0, -OBJECT.length) : [])).sort(),
    openUploads: () => (existsSync(uploads) ? readdirSync(uploads) : []),
    headersOf: (key) => stored.get(key),
    refuseDeletes: (isRefused) => {
      refusesDeletes = isRefused
    },
    truncate: (key, bytes) => truncateSync(join(bucket, `${key}${OBJECT}`), bytes),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, "close")
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
