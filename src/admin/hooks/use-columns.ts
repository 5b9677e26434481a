import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import type { AdminColumn, AdminColumns, AdminColumnsPreview } from "../../api/admin/meta-catalog/column-types"
import { changeColumn, columnErrors, columnLine, type ColumnDraft } from "../lib/column-draft"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

const path = (catalogId: string) => `/admin/meta-catalog/catalogs/${catalogId}/columns`
const body = (draft: ColumnDraft) => ({ columns: Object.fromEntries(draft) })

/** Every column of Meta's with its source, and its value for one product; "" lets the API choose the product. */
export function useColumns(catalogId: string, productId: string) {
  return useQuery({
    queryKey: queryKeys.columns(catalogId, productId),
    queryFn: () => sdk.client.fetch<AdminColumns>(path(catalogId), { query: productId ? { product_id: productId } : {} }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}

/** What is changed on the page of columns, what that would do to every item, and what is wrong with it. */
export function useColumnDraft(catalogId: string) {
  const client = useQueryClient()
  const [draft, setDraft] = useState<ColumnDraft>(new Map())
  const preview = useMutation({
    mutationFn: (of: ColumnDraft) => sdk.client.fetch<AdminColumnsPreview>(`${path(catalogId)}/preview`, { method: "POST", body: body(of) }),
  })
  const save = useMutation({
    mutationFn: (of: ColumnDraft) => sdk.client.fetch<AdminColumns>(path(catalogId), { method: "POST", body: body(of) }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
  // A refusal speaks of the draft that was sent; whatever was changed since may have solved it.
  const refused = [save, preview].find(({ error, variables }) => error && variables === draft)

  return {
    isChanged: draft.size > 0,
    changes: draft.size,
    lineOf: (column: AdminColumn) => columnLine(column, draft),
    put: (column: AdminColumn, source: AdminColumn["source"]) => setDraft(changeColumn(draft, column, source)),
    discard: () => setDraft(new Map()),
    errors: refused ? columnErrors(refused.error, draft) : {},
    preview: {
      run: () => preview.mutate(draft),
      data: preview.data,
      isRunning: preview.isPending,
      /** What is shown is of this draft. */
      isCurrent: preview.variables === draft && preview.isSuccess,
    },
    isSaving: save.isPending,
    save: (done: () => void) =>
      save.mutate(draft, {
        onSuccess: () => {
          setDraft(new Map())
          preview.reset()
          done()
        },
      }),
  }
}

export type ColumnDraftState = ReturnType<typeof useColumnDraft>
