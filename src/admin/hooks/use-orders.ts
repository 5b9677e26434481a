import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminCancellation, AdminOrder } from "../../api/admin/meta-catalog/order-types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

/** As many are shown at once. */
export const shownOrders = 20

/** What to cancel of an order at Meta, and why. Without items the whole order. */
export type CancelOrderInput = { reason_code: string; restock_items: boolean }

/** The newest orders at Meta of one catalogue, asked for again every 15 s. */
export function useOrders(catalogId: string) {
  return useQuery({
    queryKey: queryKeys.orders(catalogId),
    queryFn: () => sdk.client.fetch<{ orders: AdminOrder[]; count: number }>(path(catalogId), { query: { limit: shownOrders } }),
    staleTime: 0,
    refetchInterval: 15_000,
  })
}

/** Cancels one whole order at Meta; the answer may say that it is still being tried. */
export function useCancelOrder(catalogId: string, metaOrderId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: CancelOrderInput) =>
      sdk.client.fetch<{ cancellation: AdminCancellation }>(`${path(catalogId)}/${metaOrderId}/cancel`, { method: "POST", body }),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.orders(catalogId) }),
  })
}

function path(catalogId: string): string {
  return `/admin/meta-catalog/catalogs/${catalogId}/orders`
}
