import { tmpdir } from "node:os"
import { cellAsXml } from "./xml-cells"
import { openSpill, type RowSpill, type Side } from "./row-spill"
import type { ColumnIndex, StoredRow } from "./stored-rows"

/** One row that the two files do not have alike. `positions` are those of the cells that differ. */
export type RowDifference =
  | { kind: "added"; id: string; after: StoredRow }
  | { kind: "removed"; id: string; before: StoredRow }
  | { kind: "changed"; id: string; before: StoredRow; after: StoredRow; positions: number[] }

/** Two files with the same column index. In neither comes an id twice. */
export type RowPair = {
  columns: ColumnIndex
  before: AsyncIterable<StoredRow[]>
  after: AsyncIterable<StoredRow[]>
  /** Roughly how many rows both have together. */
  expectedRows: number
  /** One of them is XML and the other is not: what XML cannot carry is then no difference. */
  isMixed: boolean
}

/** Rows whose counterpart has not come yet are put aside on disk beyond this number. */
const WAITING = 4_000
/** Rows of one part that was put aside are compared in memory. */
const ROWS_PER_PART = 10_000

/**
 * Compares two files by `id`, whatever order their rows have. Both are read side by side, so rows that come at about the same place
 * are compared as they come; memory holds some thousand rows.
 */
export class RowComparison {
  /** Rows read so far. */
  readonly rows: Record<Side, number> = { before: 0, after: 0 }
  /** Rows that both files have alike. */
  unchanged = 0
  private readonly waiting: Record<Side, Map<string, StoredRow>> = { before: new Map(), after: new Map() }

  /** @param room rows that wait in memory, and where others are put aside: the system's temporary folder */
  constructor(
    private readonly pair: RowPair,
    private readonly room: { waiting: number; folder: string } = { waiting: WAITING, folder: tmpdir() }
  ) {}

  async *differences(): AsyncGenerator<RowDifference> {
    const spill = openSpill(Math.min(1_000, Math.ceil(this.pair.expectedRows / ROWS_PER_PART) + 1), this.room.folder)
    const files: Record<Side, AsyncIterator<StoredRow[]>> = {
      before: this.pair.before[Symbol.asyncIterator](),
      after: this.pair.after[Symbol.asyncIterator](),
    }
    try {
      yield* this.matched(files, spill)
      if (spill.isUsed) {
        await this.putAside(spill)
        for (let part = 0; part < spill.parts; part += 1) yield* this.partOf(spill, part)
      } else {
        yield* this.unmatched()
      }
    } finally {
      await Promise.all([files.before.return?.(), files.after.return?.()])
      await spill.remove()
    }
  }

  /** Reads from the file of which fewer rows have come, and compares rows that have their counterpart. */
  private async *matched(files: Record<Side, AsyncIterator<StoredRow[]>>, spill: RowSpill): AsyncGenerator<RowDifference> {
    const open = new Set<Side>(["before", "after"])
    while (open.size > 0) {
      const isBefore = open.has("before") && (!open.has("after") || this.rows.before <= this.rows.after)
      const [side, other]: [Side, Side] = isBefore ? ["before", "after"] : ["after", "before"]
      const { value: page, done } = await files[side].next()
      if (done) {
        open.delete(side)
        continue
      }
      for (const row of page) {
        this.rows[side] += 1
        const counterpart = this.waiting[other].get(row.id)
        if (!counterpart) {
          this.waiting[side].set(row.id, row)
          continue
        }
        this.waiting[other].delete(row.id)
        const difference = isBefore ? this.compare(row, counterpart) : this.compare(counterpart, row)
        if (difference) yield difference
      }
      if (this.waiting.before.size + this.waiting.after.size > this.room.waiting) await this.putAside(spill)
    }
  }

  private async putAside(spill: RowSpill): Promise<void> {
    for (const side of ["before", "after"] as const) {
      await spill.put(side, this.waiting[side].values())
      this.waiting[side].clear()
    }
  }

  private async *partOf(spill: RowSpill, part: number): AsyncGenerator<RowDifference> {
    for await (const row of spill.rowsOf("before", part)) this.waiting.before.set(row.id, row)
    for await (const after of spill.rowsOf("after", part)) {
      const before = this.waiting.before.get(after.id)
      if (!before) yield { kind: "added", id: after.id, after }
      else {
        this.waiting.before.delete(after.id)
        const difference = this.compare(before, after)
        if (difference) yield difference
      }
    }
    yield* this.unmatched()
  }

  private *unmatched(): Generator<RowDifference> {
    for (const before of this.waiting.before.values()) yield { kind: "removed", id: before.id, before }
    for (const after of this.waiting.after.values()) yield { kind: "added", id: after.id, after }
    this.waiting.before.clear()
    this.waiting.after.clear()
  }

  private compare(before: StoredRow, after: StoredRow): RowDifference | null {
    const { names } = this.pair.columns
    const positions: number[] = []
    for (let position = 0; position < names.length; position += 1) {
      const one = before.cells[position] ?? ""
      const other = after.cells[position] ?? ""
      if (one !== other && !(this.pair.isMixed && cellAsXml(names[position], one) === cellAsXml(names[position], other))) positions.push(position)
    }
    if (positions.length > 0) return { kind: "changed", id: before.id, before, after, positions }
    this.unchanged += 1
    return null
  }
}
