import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminCategories, AdminGoogleCategory } from "../../api/admin/meta-catalog/category-types"
import type { CategoryDraft } from "../lib/category-draft"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"
import { useSettled } from "./use-settled"

const path = (catalogId: string) => `/admin/meta-catalog/catalogs/${catalogId}/categories`

/** The store's categories and what each is at Google in this catalogue. */
export function useCategories(catalogId: string) {
  return useQuery({ queryKey: queryKeys.categories(catalogId), queryFn: () => sdk.client.fetch<AdminCategories>(path(catalogId)) })
}

export function useSaveCategories(catalogId: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (draft: CategoryDraft) => {
      const mappings = [...draft].map(([product_category_id, google]) => ({ product_category_id, google_product_category: google?.id ?? null }))
      return sdk.client.fetch<AdminCategories>(path(catalogId), { method: "POST", body: { mappings } })
    },
    onSuccess: (saved) => {
      client.setQueryData(queryKeys.categories(catalogId), saved)
      return client.invalidateQueries({ queryKey: queryKeys.status(catalogId) })
    },
  })
}

/** Google's categories for what was typed; asked when nothing was typed for a moment. */
export function useGoogleCategories(words: string) {
  const q = useSettled(words.trim())
  return useQuery({
    queryKey: queryKeys.googleCategories(q),
    queryFn: () => sdk.client.fetch<{ google_categories: AdminGoogleCategory[] }>("/admin/meta-catalog/google-categories", { query: { q, limit: 8 } }),
    enabled: q !== "",
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
}
