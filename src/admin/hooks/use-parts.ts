import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { findAllParts, findParts, type PartQuery } from "../lib/find-parts"
import { queryKeys } from "./query-keys"

const shownAtOnce = 20

/** The first parts that are found, and how many there are. */
export function useParts(query: PartQuery) {
  return useQuery({
    queryKey: queryKeys.choices(`parts ${JSON.stringify(query)}`),
    queryFn: () => findParts(query, { limit: shownAtOnce, offset: 0 }),
    placeholderData: keepPreviousData,
  })
}

/** Names to choose a collection or a category from. */
export function usePartNames(scope: "collection" | "category") {
  const query: PartQuery = { scope, q: "", collection_id: "", category_id: "" }
  return useQuery({ queryKey: queryKeys.choices(`all ${scope}`), queryFn: () => findAllParts(query), staleTime: 60_000 })
}
