import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import type { AdminCatalog, AdminCatalogInput, AdminConnectionTest } from "../../api/admin/meta-catalog/catalog-types"
import type { CatalogUpdate } from "../lib/catalog-form"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

const path = "/admin/meta-catalog/catalogs"

/** All catalogues this store is connected to, asked again every 10 s so that a pause shows. */
export function useCatalogs() {
  return useQuery({
    queryKey: queryKeys.catalogs,
    queryFn: () => sdk.client.fetch<{ catalogs: AdminCatalog[] }>(path),
    staleTime: 0,
    refetchInterval: 10_000,
  })
}

/** One catalogue of that list, for pages that need its settings beside something else. Asked once a minute at most. */
export function useCatalog(id: string): AdminCatalog | undefined {
  const { data } = useQuery({
    queryKey: queryKeys.catalogs,
    queryFn: () => sdk.client.fetch<{ catalogs: AdminCatalog[] }>(path),
    staleTime: 60_000,
  })
  return data?.catalogs.find((catalog) => catalog.id === id)
}

export function useCreateCatalog() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: AdminCatalogInput) => sdk.client.fetch<{ catalog: AdminCatalog }>(path, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}

export function useUpdateCatalog(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: CatalogUpdate) =>
      sdk.client.fetch<{ catalog: AdminCatalog }>(`${path}/${id}`, { method: "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}

/** Disconnects a catalogue here; the feed at Meta goes too only when its catalogue id is typed to confirm. */
export type DisconnectInput = { delete_at_meta: boolean; confirm_meta_catalog_id?: string }

export function useDisconnectCatalog(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: DisconnectInput) => sdk.client.fetch<{ id: string; deleted: boolean }>(`${path}/${id}`, { method: "DELETE", body }),
    onSuccess: () => {
      client.removeQueries({ queryKey: queryKeys.status(id) })
      return client.invalidateQueries({ queryKey: queryKeys.catalogs })
    },
  })
}

/** Tests the stored connection; a passing test ends a pause. */
export function useTestConnection(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => sdk.client.fetch<{ test: AdminConnectionTest }>(`${path}/${id}/test-connection`, { method: "POST" }),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}

/** Tests what a person typed, before anything is stored. */
export function useTestUnsavedConnection() {
  return useMutation({
    mutationFn: (body: Partial<AdminCatalogInput>) =>
      sdk.client.fetch<{ test: AdminConnectionTest }>("/admin/meta-catalog/test-connection", { method: "POST", body }),
  })
}

/** Answers "moved or copy?" with "moved": from now on this process feeds the catalogue under its own public URL. */
export function useAdoptCatalog(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => sdk.client.fetch(`${path}/${id}/adopt`, { method: "POST" }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}

/** Lets the mass change pass that the brake held; it stays open for an hour. */
export function useReleaseBrake(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => sdk.client.fetch(`${path}/${id}/release-brake`, { method: "POST" }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.all }),
  })
}
