import { useQuery } from "@tanstack/react-query"
import type { ProductUrlValues } from "../../catalog/items/product-url"
import { sdk } from "../lib/sdk"
import { queryKeys } from "./query-keys"

export function useSalesChannels() {
  return useQuery({
    queryKey: queryKeys.choices("sales-channels"),
    queryFn: () => sdk.admin.salesChannel.list({ limit: 200, fields: "id,name,is_disabled" }),
  })
}

export function useRegions() {
  return useQuery({
    queryKey: queryKeys.choices("regions"),
    queryFn: () => sdk.admin.region.list({ limit: 200, fields: "id,name,currency_code,*countries" }),
  })
}

/** The stock locations that supply a sales channel. */
export function useStockLocations(salesChannelId: string) {
  return useQuery({
    queryKey: queryKeys.choices(`stock-locations ${salesChannelId}`),
    queryFn: () => sdk.admin.stockLocation.list({ sales_channel_id: salesChannelId, limit: 200, fields: "id,name" }),
  })
}

/** Currencies the store sells in, the default one first, as lower-case ISO codes. */
export function useCurrencies() {
  return useQuery({
    queryKey: queryKeys.choices("currencies"),
    queryFn: async () => {
      const { stores } = await sdk.admin.store.list({ fields: "id,*supported_currencies" })
      const currencies = stores[0]?.supported_currencies ?? []
      return [...currencies].sort((a, b) => Number(b.is_default) - Number(a.is_default)).map((currency) => currency.currency_code)
    },
  })
}

export type ExampleProduct = Pick<ProductUrlValues, "product_id" | "handle" | "variant_id" | "sku">

/** One product of the store for the example address; a made-up one while the store has none. */
export function useExampleProduct(): ExampleProduct {
  const { data } = useQuery({
    queryKey: queryKeys.choices("example-product"),
    queryFn: () => sdk.admin.product.list({ limit: 1, status: ["published"], fields: "handle,variants.id,variants.sku" }),
  })
  const product = data?.products[0]
  const variant = product?.variants?.[0]
  return {
    product_id: product?.id ?? "prod_01",
    handle: product?.handle ?? "blue-shirt",
    variant_id: variant?.id ?? "variant_01",
    sku: variant?.sku ?? "BLUE-SHIRT-M",
  }
}
