import type { EntityManager } from "typeorm"
import type { Problem } from "./problems"

type Group = Problem & { ordinal: number; total_count: number }

type Sample = { ordinal: number; row_number: number; retailer_id: string | null }

/** Groups the problems of one upload by kind, and hands the affected rows to the database in pieces. */
export class ProblemCollector {
  private readonly groups = new Map<string, Group>()
  private samples: Sample[] = []

  constructor(private readonly uploadId: string) {}

  /** A problem of a row, or, without one, of the file. */
  add(problem: Problem, row?: { row_number: number; retailer_id: string | null }): void {
    const key = `${problem.severity} ${problem.error_type} ${problem.summary}`
    const group = this.groups.get(key) ?? { ...problem, ordinal: this.groups.size + 1, total_count: 0 }
    this.groups.set(key, group)
    group.total_count++
    if (row) {
      this.samples.push({ ordinal: group.ordinal, row_number: row.row_number, retailer_id: row.retailer_id })
    }
  }

  count(severity: Problem["severity"]): number {
    return [...this.groups.values()].filter((group) => group.severity === severity).reduce((sum, group) => sum + group.total_count, 0)
  }

  /** Writes the rows collected since the last flush. */
  async flush(db: EntityManager): Promise<void> {
    const samples = this.samples
    this.samples = []
    if (samples.length > 0) {
      await db.query(
        `INSERT INTO upload_error_sample (upload_id, ordinal, row_number, retailer_id)
         SELECT $1, * FROM unnest($2::int[], $3::int[], $4::text[])`,
        [
          this.uploadId,
          samples.map((sample) => sample.ordinal),
          samples.map((sample) => sample.row_number),
          samples.map((sample) => sample.retailer_id),
        ]
      )
    }
  }

  /** Writes the groups; called once, at the end. */
  async finish(db: EntityManager): Promise<void> {
    await this.flush(db)
    await db.query(
      `INSERT INTO upload_error (id, upload_id, ordinal, error_type, severity, field, summary, description, total_count)
       SELECT nextval('node_id')::text, $1, entry.* FROM jsonb_to_recordset($2::jsonb)
         AS entry(ordinal int, error_type text, severity text, field text, summary text, description text, total_count int)
       ORDER BY ordinal`,
      [this.uploadId, JSON.stringify([...this.groups.values()])]
    )
  }
}
