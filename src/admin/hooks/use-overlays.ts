import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminFeedList, AdminOverlay } from "../../api/admin/meta-catalog/overlay-types"
import { feedState } from "../lib/feed-state"
import type { OverlayChange } from "../lib/overlay-form"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

const whileBuilding = 2_000
const whileIdle = 15_000

/** The feeds over the items of others: asked every 2 s while one is being built or taken in, else every 15 s. */
export function useOverlays(catalogId: string) {
  return useQuery({
    queryKey: queryKeys.overlays(catalogId),
    queryFn: async () => (await sdk.client.fetch<AdminFeedList>(`/admin/meta-catalog/catalogs/${catalogId}/feeds`)).overlays,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(isBusy) ? whileBuilding : whileIdle),
  })
}

function isBusy(overlay: AdminOverlay): boolean {
  return ["building", "queued"].includes(feedState(overlay).state) || overlay.upload_requested_at !== null
}

export function useCreateOverlay(catalogId: string) {
  return useOverlayCommand<object>(catalogId, (body) => sdk.client.fetch(`/admin/meta-catalog/catalogs/${catalogId}/feeds`, { method: "POST", body }))
}

export function useChangeOverlay({ id, catalog_id }: AdminOverlay) {
  return useOverlayCommand<OverlayChange>(catalog_id, (body) => sdk.client.fetch(`/admin/meta-catalog/feeds/${id}`, { method: "POST", body }))
}

/** Ends such a feed at Meta and here; what it put over the items goes with it. */
export function useDeleteOverlay({ id, catalog_id }: AdminOverlay) {
  return useOverlayCommand<void>(catalog_id, () => sdk.client.fetch(`/admin/meta-catalog/feeds/${id}`, { method: "DELETE" }))
}

function useOverlayCommand<Body>(catalogId: string, send: (body: Body) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: send, onSettled: () => client.invalidateQueries({ queryKey: queryKeys.status(catalogId) }) })
}

/** The locales the store translates into; none where Medusa's translations are off. */
export function useLocales() {
  return useQuery({
    queryKey: queryKeys.choices("locales"),
    queryFn: () => sdk.admin.locale.list({ limit: 500 }),
    retry: false,
  })
}
