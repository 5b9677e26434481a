import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminRetailerIdEffects, AdminRetailerIds } from "../../api/admin/meta-catalog/retailer-id-types"
import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

const path = (catalogId: string) => `/admin/meta-catalog/catalogs/${catalogId}/retailer-ids`

const whileSwitching = 5_000
const whileIdle = 60_000

type Scheme = AdminCatalog["retailer_id_scheme"]
type Reply = { retailer_ids: AdminRetailerIds }

/** The scheme of the items' ids, and how far a switch to another has come: asked every 5 s until it is over. */
export function useRetailerIds(catalogId: string) {
  return useQuery({
    queryKey: queryKeys.retailerIds(catalogId),
    queryFn: async () => (await sdk.client.fetch<Reply>(path(catalogId))).retailer_ids,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? whileSwitching : whileIdle),
  })
}

/** Items wait for a file or for Meta. */
export function isMoving({ counts }: AdminRetailerIds): boolean {
  return counts.planned + counts.travelling > 0
}

/** What a switch would do; nothing is changed. */
export function useSwitchEffects(catalogId: string, scheme: Scheme) {
  return useQuery({
    queryKey: [...queryKeys.retailerIds(catalogId), "effects", scheme],
    queryFn: async () => {
      const body = { scheme, dry_run: true }
      return (await sdk.client.fetch<AdminRetailerIdEffects>(path(catalogId), { method: "POST", body })).effects
    },
    staleTime: 0,
    gcTime: 0,
  })
}

export function useSwitchRetailerIds(catalogId: string) {
  return useChange(catalogId, (scheme: Scheme) => sdk.client.fetch<Reply>(path(catalogId), { method: "POST", body: { scheme } }))
}

/** Takes a switch back whose new ids are in no published file yet. */
export function useCancelSwitch(catalogId: string) {
  return useChange(catalogId, (_: void) => sdk.client.fetch<Reply>(path(catalogId), { method: "DELETE" }))
}

function useChange<Input>(catalogId: string, send: (input: Input) => Promise<Reply>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: ({ retailer_ids }) => client.setQueryData(queryKeys.retailerIds(catalogId), retailer_ids),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}
