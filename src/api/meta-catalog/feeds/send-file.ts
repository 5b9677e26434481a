import { once } from "node:events"
import { pipeline as connect, type Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { IFileModuleService } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { breakOff } from "../../../feed/break-off"
import { bytesOf, type ByteRange } from "../../../feed/byte-range"
import { sendExactly } from "../../../feed/exact-length"
import type { Representation } from "../../../feed/serving"
import type { ServedFile } from "../../../modules/meta-catalog/feeds/served-files"
import { noteFetch } from "./note-fetch"
import { unavailable } from "./refusals"

/** A file of a feed in the form it was asked for. `isNamed`: the URL named the snapshot. */
export type Served = { feedId: string; isNamed: boolean; file: ServedFile; representation: Representation }

/** What the response has promised in its headers: this part of so many bytes. */
type Promised = Served & { size: number; range: ByteRange | "whole" }

/** Sends the promised bytes and notes a complete fetch. Where they cannot all be read the connection is broken off, or 503 if none was sent. */
export async function sendFile(req: MedusaRequest, res: MedusaResponse, promised: Promised): Promise<void> {
  const { file, representation, size, range } = promised
  const logger = req.scope.resolve(ContainerRegistrationKeys.LOGGER)
  let stored: Readable
  try {
    stored = await openFile(req, file.file_key)
  } catch (error) {
    logger.error(`[meta-catalog] the file of snapshot ${file.id} cannot be opened: ${wordsOf(error)}`)
    return unavailable(res)
  }
  try {
    if (range !== "whole") return await pipeline(stored, (source: AsyncIterable<Buffer>) => bytesOf(source, range), res)
    await sendExactly(representation === "plain" ? unpacked(stored) : stored, res, size)
  } catch (error) {
    breakOff(req.socket)
    logger.warn(`[meta-catalog] snapshot ${file.id} was not served to its end: ${wordsOf(error)}`)
    return
  }
  // Here the last byte has been handed over: an upload session that begins now may have read this snapshot.
  await noteFetch(req, promised, { notModified: false })
}

/** Opens a stored file and waits for its first bytes, while an error can still be answered properly. */
async function openFile(req: MedusaRequest, key: string): Promise<Readable> {
  const stream = await req.scope.resolve<IFileModuleService>(Modules.FILE).getDownloadStream(key)
  await once(stream, "readable")
  return stream
}

/** An error on either side ends both. */
function unpacked(stored: Readable): Readable {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 })
  // Whoever reads the result hears of the error.
  connect(stored, gunzip, () => undefined)
  return gunzip
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
