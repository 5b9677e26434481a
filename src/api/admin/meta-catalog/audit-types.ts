/** Items by what an audit found. `checked` are those that were compared or are missing; `repaired` are a part of above and below. */
export type AdminAuditCounts = {
  checked: number
  /** Cut to two digits, never rounded: 100 means that no checked item differs. Null while none was checked. */
  agree_percent: number | null
  agree: number
  /** Meta may sell more, or shows more, than it should. */
  above: number
  /** Meta holds less than it acknowledged. */
  below: number
  /** Listed, and not at Meta. */
  missing: number
  /** In movement, changed within ten minutes, unknown, or not in the feed yet. */
  skipped: number
  /** In a feed of ours at Meta, whose file has left them out. */
  orphans: number
  other_sources: number
  repaired: number
}

/** What the last complete audit of a catalogue found, and how far the running one has come. */
export type AdminAudit = {
  requested_at: string | null
  audited_at: string | null
  result:
    | (AdminAuditCounts & {
        /** Not seen in Meta's list, and too many to look up one by one. */
        unconfirmed: number
        /** Where the items of other sources come from, most first; no feed id: put there without a feed. */
        sources: { meta_feed_id: string | null; name: string | null; items: number }[]
        calls: number
        started_at: string
        finished_at: string
      })
    | null
  running: (AdminAuditCounts & { phase: "pages" | "absent"; calls: number; started_at: string; error: string | null }) | null
}
