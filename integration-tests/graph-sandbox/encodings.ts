import busboy from "busboy"
import { randomUUID } from "node:crypto"
import { createWriteStream } from "node:fs"
import { unlink } from "node:fs/promises"
import type { IncomingMessage } from "node:http"
import path from "node:path"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { z } from "zod"
import { badParameter, GraphError } from "./errors"

export type ReceivedFile = { field: string; filename: string; path: string }

export type ReceivedBody = { params: Record<string, unknown>; files: ReceivedFile[]; bytes: number }

/** Form fields and JSON documents are held in memory; only file parts are not. Above the 28 MB of items_batch (CONTRACT 3.1). */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

const jsonDocument = z.record(z.string(), z.unknown())

/**
 * Reads a body in one of the encodings of CONTRACT 1.3. File parts are streamed to `spool`; the caller deletes them.
 * Throws a GraphError (code 100) when the body is not what its content type says.
 */
export async function readBody(request: IncomingMessage, spool: string): Promise<ReceivedBody> {
  const contentType = (request.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase()
  if (contentType === "multipart/form-data") {
    return readMultipart(request, spool)
  }
  const text = await readText(request)
  const bytes = Buffer.byteLength(text)
  if (text === "") {
    return { params: {}, files: [], bytes }
  }
  if (contentType === "application/json") {
    return { params: parseJsonDocument(text), files: [], bytes }
  }
  if (contentType === "application/x-www-form-urlencoded") {
    return { params: uniqueParams(new URLSearchParams(text)), files: [], bytes }
  }
  throw badParameter(`A body of type "${contentType}" cannot be read`)
}

/** Parameters of a query or form; a name given twice is refused. */
export function uniqueParams(pairs: URLSearchParams): Record<string, string> {
  const params: Record<string, string> = {}
  for (const [name, value] of pairs) {
    if (Object.hasOwn(params, name)) {
      throw badParameter(`Param ${name} is given more than once`)
    }
    params[name] = value
  }
  return params
}

/** Deletes what a call left in the spool and no handler took away. */
export async function discardFiles(files: ReceivedFile[]): Promise<void> {
  await Promise.all(files.map((file) => unlink(file.path).catch(() => undefined)))
}

function parseJsonDocument(text: string): Record<string, unknown> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw badParameter("The body is not valid JSON")
  }
  const parsed = jsonDocument.safeParse(document)
  if (!parsed.success) {
    throw badParameter("The JSON body is not an object")
  }
  return parsed.data
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_DOCUMENT_BYTES) {
      throw tooLarge()
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

async function readMultipart(request: IncomingMessage, spool: string): Promise<ReceivedBody> {
  const params: Record<string, string> = {}
  const files: ReceivedFile[] = []
  const writes: Promise<void>[] = []
  let refusal: GraphError | undefined
  let bytes = 0
  const parser = openParser(request)
  parser.on("field", (name, value, info) => {
    if (Object.hasOwn(params, name)) {
      refusal = badParameter(`Param ${name} is given more than once`)
    } else if (info.valueTruncated) {
      refusal = tooLarge()
    }
    params[name] = value
  })
  parser.on("file", (field, stream, info) => {
    const target = path.join(spool, randomUUID())
    files.push({ field, filename: info.filename ?? "", path: target })
    const write = pipeline(stream, createWriteStream(target))
    write.catch(() => undefined)
    writes.push(write)
  })
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done(null, chunk)
    },
  })
  try {
    await pipeline(request, counter, parser)
    await Promise.all(writes)
  } catch (error) {
    await discardFiles(files)
    throw badParameter(`The multipart body cannot be read: ${(error as Error).message}`)
  }
  if (refusal) {
    await discardFiles(files)
    throw refusal
  }
  return { params, files, bytes }
}

function openParser(request: IncomingMessage): ReturnType<typeof busboy> {
  try {
    return busboy({ headers: request.headers, limits: { fieldSize: MAX_DOCUMENT_BYTES }, defParamCharset: "utf8" })
  } catch (error) {
    throw badParameter(`The multipart body cannot be read: ${(error as Error).message}`)
  }
}

function tooLarge(): GraphError {
  return new GraphError({ code: 1, message: "Please reduce the amount of data you're asking for, then retry your request" })
}
