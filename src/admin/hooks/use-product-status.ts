import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminProductStatus, AdminProductSync } from "../../api/admin/meta-catalog/item-types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

const whileMoving = 2_000
const whileStill = 15_000

/** What Meta knows of one product: asked every 2 s while an item is waiting or in flight, else every 15 s. */
export function useProductStatus(productId: string) {
  return useQuery({
    queryKey: queryKeys.product(productId),
    queryFn: () => sdk.client.fetch<AdminProductStatus>(`/admin/meta-catalog/products/${productId}`),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? whileMoving : whileStill),
  })
}

/** *Sync this product now* in one catalogue: sends all its items, whatever Meta holds or has refused. */
export function useSyncProduct(productId: string, catalogId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      sdk.client.fetch<AdminProductSync>(`/admin/meta-catalog/products/${productId}/sync`, { method: "POST", body: { catalog_id: catalogId } }),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.product(productId) }),
  })
}

/** Whether a value is on its way. A paused catalogue sends nothing, so its waiting items do not count. */
export function isMoving(status: AdminProductStatus): boolean {
  return status.catalogs.some((catalog) =>
    catalog.items.some((item) => item.state === "in_flight" || (item.state === "waiting" && catalog.state === "active"))
  )
}
