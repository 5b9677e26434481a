import { createReadStream } from "node:fs"
import { appendFile, mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { crc32 } from "node:zlib"
import type { StoredRow } from "./stored-rows"

/** The two files of a comparison. */
export type Side = "before" | "after"

/** Rows of which the other file may hold the counterpart, put aside on disk in parts: a row and its counterpart are in the same part. */
export type RowSpill = {
  /** Whether anything was put aside. */
  readonly isUsed: boolean
  readonly parts: number
  put(side: Side, rows: Iterable<StoredRow>): Promise<void>
  rowsOf(side: Side, part: number): AsyncGenerator<StoredRow>
  remove(): Promise<void>
}

/** Opens a place within a folder, made when it is first used. `parts` is how many are read one after another. */
export function openSpill(parts: number, within: string): RowSpill {
  let folder: Promise<string> | undefined
  const used: Record<Side, Set<number>> = { before: new Set(), after: new Set() }
  const pathOf = async (side: Side, part: number) => join(await folder!, `${side}-${part}.jsonl`)
  return {
    parts,
    get isUsed() {
      return folder !== undefined
    },
    async put(side, rows) {
      folder ??= mkdtemp(join(within, "meta-catalog-diff-"))
      const texts = new Map<number, string>()
      for (const { id, cells } of rows) {
        const part = crc32(id) % parts
        texts.set(part, `${texts.get(part) ?? ""}${JSON.stringify([id, cells])}\n`)
      }
      for (const [part, text] of texts) {
        used[side].add(part)
        await appendFile(await pathOf(side, part), text)
      }
    },
    async *rowsOf(side, part) {
      if (!used[side].has(part)) return
      for await (const line of createInterface({ input: createReadStream(await pathOf(side, part)), crlfDelay: Infinity })) {
        const [id, cells] = JSON.parse(line) as [string, string[]]
        yield { id, cells }
      }
    },
    async remove() {
      if (folder) await rm(await folder, { recursive: true, force: true })
    },
  }
}
