import { keepPreviousData, useQuery } from "@tanstack/react-query"
import type { AdminIssue } from "../../api/admin/meta-catalog/types"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

export type IssueQuery = {
  catalog_id: string
  severity?: AdminIssue["severity"]
  source?: AdminIssue["source"]
  limit: number
  offset: number
}

/** One page of open issues; `refreshKey` changes when the number of issues is known to have changed. */
export function useIssues(query: IssueQuery, refreshKey: string) {
  return useQuery({
    queryKey: queryKeys.issues({ ...query, refreshKey }),
    queryFn: () => sdk.client.fetch<{ issues: AdminIssue[]; count: number }>("/admin/meta-catalog/issues", { query }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}
