import { useInfiniteQuery } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import type { AdminItemHistory } from "../../api/admin/meta-catalog/item-types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

const pageSize = 10

/** What an item was sent, newest first, a page at a time. Read anew when `version`, any text, changes. */
export function useItemHistory(itemId: string, version: string) {
  const history = useInfiniteQuery({
    queryKey: queryKeys.history(itemId),
    queryFn: ({ pageParam }) =>
      sdk.client.fetch<AdminItemHistory>(`/admin/meta-catalog/items/${itemId}/history`, { query: { limit: pageSize, offset: pageParam } }),
    initialPageParam: 0,
    getNextPageParam: ({ offset, changes, count }) => (offset + changes.length < count ? offset + pageSize : undefined),
    staleTime: 0,
  })
  const { refetch } = history
  const seen = useRef(version)
  useEffect(() => {
    if (seen.current !== version) {
      seen.current = version
      void refetch()
    }
  }, [version, refetch])
  return history
}
