import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useEffect } from "react"
import type { AdminSnapshotDiff, AdminSnapshots } from "../../api/admin/meta-catalog/snapshot-types"
import { saveAs } from "../lib/save-as"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

/** Files listed on one page. */
export const snapshotsAtOnce = 20

const whileComputing = 2_000

/** A feed's files, newest first; asked again every 15 s, because a build or a fetch may come at any time. */
export function useSnapshots(feedId: string, offset: number) {
  return useQuery({
    queryKey: queryKeys.snapshots(feedId, offset),
    queryFn: () => sdk.client.fetch<AdminSnapshots>(`/admin/meta-catalog/feeds/${feedId}/snapshots`, { query: { limit: snapshotsAtOnce, offset } }),
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: 15_000,
  })
}

/** How a file differs from the one before it. Whoever looks asks for it; it is asked for anew until it is there. */
export function useSnapshotDiff(snapshotId: string) {
  const client = useQueryClient()
  const queryKey = queryKeys.snapshotDiff(snapshotId)
  const path = `/admin/meta-catalog/snapshots/${snapshotId}/diff`
  const diff = useQuery({
    queryKey,
    queryFn: async () => (await sdk.client.fetch<{ diff: AdminSnapshotDiff }>(path)).diff,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.status === "computing" ? whileComputing : false),
  })
  const compute = useMutation({
    mutationFn: async () => (await sdk.client.fetch<{ diff: AdminSnapshotDiff }>(path, { method: "POST" })).diff,
    onSuccess: (started) => client.setQueryData(queryKey, started),
  })
  const { mutate } = compute
  const isWanted = diff.data?.status === "none"
  useEffect(() => {
    if (isWanted) {
      mutate()
    }
  }, [isWanted, mutate])
  return { ...diff, error: diff.error ?? compute.error, compute: () => mutate(), isStarting: compute.isPending }
}

/** Every difference as CSV. */
export function useDownloadDiff(snapshotId: string) {
  return useMutation({
    mutationFn: async (fileName: string) => {
      const response = await sdk.client.fetch<Response>(`/admin/meta-catalog/snapshots/${snapshotId}/diff.csv`, { headers: { accept: "text/csv" } })
      saveAs(await response.blob(), fileName)
    },
  })
}
