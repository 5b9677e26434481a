import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminCatalogStatus } from "../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed, AdminMove } from "../../api/admin/meta-catalog/feed-types"
import { activities } from "../lib/activity"
import type { FeedInput } from "../lib/feed-form"
import { sdk } from "../lib/sdk"
import type { Part } from "../lib/stock-draft"
import { queryKeys } from "./query-keys"

const whileActive = 2_000
const whileIdle = 15_000

/** Status of one catalogue: asked every 2 s while something is under way, else every 15 s. */
export function useCatalogStatus(id: string) {
  return useQuery({
    queryKey: queryKeys.status(id),
    queryFn: () => sdk.client.fetch<AdminCatalogStatus>(`/admin/meta-catalog/catalogs/${id}/status`),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && activities(state.data).length > 0 ? whileActive : whileIdle),
  })
}

/** A feed of any kind. */
type FeedPlace = Pick<AdminFeed, "id" | "catalog_id">

export type UploadInput = { update_only: boolean; by: "url" | "file" }

/** Sends one command and refreshes what it may have changed. */
function useCommand<Body extends object | void = void, Reply = unknown>(path: string, catalogId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => sdk.client.fetch<Reply>(path, { method: "POST", body: body ?? undefined }),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.status(catalogId) }),
  })
}

/** Asks for an audit; it begins within a minute, and the status shows how far it has come. */
export function useRequestAudit(catalogId: string) {
  return useCommand(`/admin/meta-catalog/catalogs/${catalogId}/audit`, catalogId)
}

export function useCreateFeed(catalogId: string) {
  return useCommand<FeedInput>(`/admin/meta-catalog/catalogs/${catalogId}/feeds`, catalogId)
}

/** Changes strategy, format or schedules of a feed in place. */
export function useChangeFeed(feed: AdminFeed) {
  return useCommand<FeedInput>(`/admin/meta-catalog/feeds/${feed.id}`, feed.catalog_id)
}

type MoveInput = { to_feed_id: string; confirm: true; scopes?: Pick<Part, "scope" | "reference_id">[]; from_feed_id?: string }

/** Moves items, or a whole feed's, to another feed; the status shows how far they have come. */
export function useMoveItems(catalogId: string) {
  return useCommand<MoveInput, AdminMove>(`/admin/meta-catalog/catalogs/${catalogId}/moves`, catalogId)
}

export function usePush(catalogId: string) {
  return useCommand(`/admin/meta-catalog/catalogs/${catalogId}/push`, catalogId)
}

export function useGenerateFeed(feed: FeedPlace) {
  return useCommand(`/admin/meta-catalog/feeds/${feed.id}/generate`, feed.catalog_id)
}

/** Has Meta take in the published file once; without a body all of it, fetched from its address. */
export function useUploadFeed(feed: FeedPlace) {
  return useCommand<UploadInput | void>(`/admin/meta-catalog/feeds/${feed.id}/upload`, feed.catalog_id)
}

/** Publishes a snapshot the brake or the plausibility check held back. */
export function useReleaseFeed(feed: FeedPlace) {
  return useCommand(`/admin/meta-catalog/feeds/${feed.id}/release`, feed.catalog_id)
}

/** Tells Meta again what was set here, and makes a feed anew that was deleted there. */
export function useRestoreSchedule(feed: FeedPlace) {
  return useCommand(`/admin/meta-catalog/feeds/${feed.id}/restore-schedule`, feed.catalog_id)
}

/** Takes Meta's schedules over as those set here. */
export function useAdoptSchedule(feed: FeedPlace) {
  return useCommand(`/admin/meta-catalog/feeds/${feed.id}/adopt-schedule`, feed.catalog_id)
}

/** Gives the feed a new secret address; Meta's schedule is changed along with it. */
export function useRotateFeedToken(feed: FeedPlace) {
  return useCommand(`/admin/meta-catalog/feeds/${feed.id}/rotate-token`, feed.catalog_id)
}
