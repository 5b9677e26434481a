import { keepPreviousData, useQuery } from "@tanstack/react-query"
import type { AdminIssue } from "../../api/admin/meta-catalog/issue-types"
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

/** Titles of the products that these issues are about, by product id. Deleted products have none. */
export function useProductTitles(issues: readonly AdminIssue[]): ReadonlyMap<string, string> {
  const ids = [...new Set(issues.flatMap((issue) => issue.product_id ?? []))].sort()
  const { data } = useQuery({
    queryKey: queryKeys.choices(`product-titles ${ids.join(" ")}`),
    queryFn: () => sdk.admin.product.list({ id: ids, fields: "id,title", limit: ids.length }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  })
  return new Map((data?.products ?? []).map(({ id, title }) => [id, title]))
}
