import { useQuery } from "@tanstack/react-query"
import type { AdminStockMetrics } from "../../api/admin/meta-catalog/stock-types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

/** Days the figures are shown for. */
export const shownDays = 30

/** What the stock policy kept back and what it could not prevent, of the last {@link shownDays} days; measured once in a while, so asked rarely. */
export function useStockMetrics(catalogId: string) {
  return useQuery({
    queryKey: queryKeys.stockMetrics(catalogId),
    queryFn: () => sdk.client.fetch<AdminStockMetrics>(`/admin/meta-catalog/catalogs/${catalogId}/stock-metrics`, { query: { days: shownDays } }),
    staleTime: 60_000,
  })
}
