import { EntitySchema } from "typeorm"
import type { Schedule } from "../schedules"

export type ScheduleKind = "schedule" | "update_schedule"

/** What is remembered about the last file taken from one of a feed's two addresses. */
export type FetchMemory = { url: string; etag: string | null; last_modified: string | null }

/** One feed (CONTRACT 5.1). The schedules hold the Basic password, because the sandbox has to fetch with it; no reply shows it. */
export type FeedRow = {
  id: string
  catalog_id: string
  name: string
  options: Record<string, unknown>
  deletion_enabled: boolean
  schedule: Schedule | null
  update_schedule: Schedule | null
  next_replace_at: Date | null
  next_update_at: Date | null
  fetched: Partial<Record<ScheduleKind, FetchMemory>>
  last_fetch: { at: string; status: string } | null
  created_at: Date
  visible_at: Date
}

export const FeedEntity = new EntitySchema<FeedRow>({
  name: "feed",
  tableName: "feed",
  columns: {
    id: { type: "text", primary: true },
    catalog_id: { type: "text" },
    name: { type: "text" },
    options: { type: "jsonb" },
    deletion_enabled: { type: "boolean" },
    schedule: { type: "jsonb", nullable: true },
    update_schedule: { type: "jsonb", nullable: true },
    next_replace_at: { type: "timestamptz", nullable: true },
    next_update_at: { type: "timestamptz", nullable: true },
    fetched: { type: "jsonb" },
    last_fetch: { type: "jsonb", nullable: true },
    created_at: { type: "timestamptz" },
    visible_at: { type: "timestamptz" },
  },
  indices: [{ name: "feed_catalog", columns: ["catalog_id"] }],
})
