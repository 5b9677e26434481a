import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminStockPolicy, AdminStockPreview, AdminStockRuleInput } from "../../api/admin/meta-catalog/stock-types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"
import { useSettled } from "./use-settled"

const path = (catalogId: string) => `/admin/meta-catalog/catalogs/${catalogId}/stock-policy`

/** What Meta may be promised of the store's stock: the catalogue's settings and the rules for parts. */
export function useStockPolicy(catalogId: string) {
  return useQuery({
    queryKey: queryKeys.stockPolicy(catalogId),
    queryFn: () => sdk.client.fetch<AdminStockPolicy>(path(catalogId)),
    staleTime: 0,
  })
}

/** What saving these rules would do; asked when nothing was typed for a moment. The last answer stays until the next is there. */
export function useStockPreview(catalogId: string, rules: AdminStockRuleInput[]) {
  const settled = useSettled(rules)
  const preview = useQuery({
    queryKey: queryKeys.stockPreview(catalogId, settled),
    queryFn: () => sdk.client.fetch<AdminStockPreview>(`${path(catalogId)}/preview`, { method: "POST", body: { rules: settled } }),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const isTyping = JSON.stringify(settled) !== JSON.stringify(rules)
  return { ...preview, rules: settled, isBehind: isTyping || preview.isFetching }
}

export type SaveStockPolicy = { rules: AdminStockRuleInput[]; accept_mass_change: boolean }

export function useSaveStockPolicy(catalogId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SaveStockPolicy) => sdk.client.fetch<AdminStockPolicy>(path(catalogId), { method: "POST", body }),
    onSuccess: (policy) => {
      client.setQueryData(queryKeys.stockPolicy(catalogId), policy)
      return client.invalidateQueries({ queryKey: queryKeys.all })
    },
  })
}

/** Fills fixed allocations again: from now on orders draw on them anew. */
export function useRefill(catalogId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => sdk.client.fetch<{ refilled: number }>(`${path(catalogId)}/refill`, { method: "POST", body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}
