import { useMutation, useQueryClient } from "@tanstack/react-query"
import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

/** The catalogue as it stands now, and how many items are due because of the change. */
type SellingChanged = { catalog: AdminCatalog; items: number }

/** Stops selling everything on Meta; replaces a stop of a part. */
export function useStopSelling(catalogId: string) {
  return useSelling(catalogId, "POST")
}

/** Ends the stop; every value is computed anew. */
export function useResumeSelling(catalogId: string) {
  return useSelling(catalogId, "DELETE")
}

function useSelling(catalogId: string, method: "POST" | "DELETE") {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => sdk.client.fetch<SellingChanged>(`/admin/meta-catalog/catalogs/${catalogId}/panic`, { method }),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}
