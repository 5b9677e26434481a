import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules, PriceListStatus, PriceListType, ProductStatus } from "@medusajs/framework/utils"
import { createPriceListsWorkflow, createProductsWorkflow, createRegionsWorkflow, createTaxRatesWorkflow, createTaxRegionsWorkflow } from "@medusajs/medusa/core-flows"
import { randomFrom } from "../store/random"

/** Where prices are asked for. */
export type Market = { currencyCode: string; decimals: number; regionId: string; countryCode: string }

const RATES = [0, 2.5, 5.5, 7, 8.875, 10, 19, 21]
const DECIMALS: Record<string, number> = { jpy: 0, eur: 2, kwd: 3 }
const PRODUCTS = 14

/**
 * Fills a store with products whose prices and taxes are drawn by `seed`: in yen, euro and dinar; plain, by region, from price lists
 * of both types, from lists that are drafts, over or to come, and from ten pieces on; taxed by default, by product and by type.
 */
export async function makeTaxedStore(container: MedusaContainer, { seed, salesChannelId }: { seed: number; salesChannelId: string }): Promise<{ markets: Market[]; productIds: string[]; variantIds: string[] }> {
  const random = randomFrom(seed)
  const markets = await makeMarkets(container)
  const types = await container.resolve(Modules.PRODUCT).createProductTypes([{ value: `Food ${seed}` }, { value: `Books ${seed}` }])
  const chance = (share: number) => random() < share
  const one = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]
  // One digit more than the currency has, so that amounts are rounded without any tax, too.
  const amount = ({ decimals }: Market) => Math.ceil(random() * 10 ** (decimals + 3)) / 10 ** (decimals + (chance(0.2) ? 1 : 0))
  const prices = (market: Market) => [
    ...(chance(0.9) ? [{ currency_code: market.currencyCode, amount: amount(market) }] : []),
    ...(chance(0.3) ? [{ currency_code: market.currencyCode, amount: amount(market), rules: { region_id: market.regionId } }] : []),
  ]
  const { result: products } = await createProductsWorkflow(container).run({
    input: {
      products: Array.from({ length: PRODUCTS }, (_, p) => ({
        title: `Taxed ${p}`,
        handle: `taxed-${seed}-${p}`,
        status: ProductStatus.PUBLISHED,
        type_id: chance(0.6) ? one(types).id : undefined,
        sales_channels: [{ id: salesChannelId }],
        options: [{ title: "Size", values: ["S", "M", "L"] }],
        variants: ["S", "M", "L"].map((size) => ({ title: size, options: { Size: size }, manage_inventory: false, prices: markets.flatMap(prices) })),
      })),
    },
  })
  const variantIds = products.flatMap(({ variants }) => variants.map(({ id }) => id))
  const listed = (share: number) =>
    variantIds.flatMap((variant_id) => markets.flatMap((market) => (chance(share) ? [{ variant_id, currency_code: market.currencyCode, amount: amount(market) }] : [])))
  const list = { description: "-", status: PriceListStatus.ACTIVE, type: PriceListType.SALE }
  await createPriceListsWorkflow(container).run({
    input: {
      price_lists_data: [
        { ...list, title: "sale", starts_at: "2020-01-01T08:30:00Z", ends_at: "2099-12-31T20:15:00Z", prices: listed(0.35) },
        { ...list, title: "endless", prices: listed(0.2) },
        { ...list, title: "override", type: PriceListType.OVERRIDE, prices: listed(0.2) },
        { ...list, title: "over", ends_at: "2001-01-01T00:00:00Z", prices: listed(0.5) },
        { ...list, title: "to come", starts_at: "2098-01-01T00:00:00Z", ends_at: "2099-01-01T00:00:00Z", prices: listed(0.5) },
        { ...list, title: "draft", status: PriceListStatus.DRAFT, prices: listed(0.5) },
        // A rule makes this list count before a cheaper one, so that a sale may be dearer than what it stands on.
        ...markets.map(({ regionId }) => ({ ...list, title: "by region", rules: { region_id: [regionId] }, prices: listed(0.15) })),
      ],
    },
  })
  await addTiers(container, variantIds.filter(() => chance(0.3)), markets)
  await taxSome(container, { productIds: products.map(({ id }) => id), typeIds: types.map(({ id }) => id), one, chance })
  return { markets, productIds: products.map(({ id }) => id), variantIds }
}

/** Says whether tax is in the prices of a currency, or in those of a region. */
export async function preferTaxInclusive(
  container: MedusaContainer,
  { attribute, value, isInclusive }: { attribute: "currency_code" | "region_id"; value: string; isInclusive: boolean }
): Promise<void> {
  const pricing = container.resolve(Modules.PRICING)
  const [known] = await pricing.listPricePreferences({ attribute, value }, { take: 1 })
  if (known) await pricing.updatePricePreferences(known.id, { is_tax_inclusive: isInclusive })
  else await pricing.createPricePreferences({ attribute, value, is_tax_inclusive: isInclusive })
}

async function makeMarkets(container: MedusaContainer): Promise<Market[]> {
  const countries = { jpy: "jp", eur: "it", kwd: "kw" } as const
  const { result: regions } = await createRegionsWorkflow(container).run({
    input: { regions: Object.entries(countries).map(([currency_code, country]) => ({ name: country, currency_code, countries: [country] })) },
  })
  await createTaxRegionsWorkflow(container).run({
    input: Object.values(countries).map((country_code) => ({ country_code, provider_id: "tp_system", default_tax_rate: { name: "VAT", code: country_code, rate: 8.875 } })),
  })
  return regions.map((region) => ({
    currencyCode: region.currency_code,
    decimals: DECIMALS[region.currency_code],
    regionId: region.id,
    countryCode: countries[region.currency_code as keyof typeof countries],
  }))
}

/** Prices from ten pieces on, which no single piece has. */
async function addTiers(container: MedusaContainer, variantIds: string[], markets: Market[]): Promise<void> {
  const { data } = await container.resolve("query").graph({ entity: "variant", fields: ["id", "price_set.id"], filters: { id: variantIds } })
  const sets = (data as unknown as { price_set: { id: string } | null }[]).flatMap(({ price_set }) => (price_set ? [price_set.id] : []))
  const prices = markets.map(({ currencyCode }) => ({ currency_code: currencyCode, amount: 0.5, min_quantity: 10 }))
  await container.resolve(Modules.PRICING).addPrices(sets.map((priceSetId) => ({ priceSetId, prices })))
}

type Draw = { one: <Value>(values: readonly Value[]) => Value; chance: (share: number) => boolean }

/** Rates of their own for some products and types, of which the product's counts before the type's. */
async function taxSome(container: MedusaContainer, { productIds, typeIds, one, chance }: { productIds: string[]; typeIds: string[] } & Draw): Promise<void> {
  const tax = container.resolve(Modules.TAX)
  const regions = await tax.listTaxRegions({ country_code: ["jp", "it", "kw"] })
  const rules = [...typeIds.map((id) => ({ reference: "product_type", reference_id: id })), ...productIds.filter(() => chance(0.4)).map((id) => ({ reference: "product", reference_id: id }))]
  await createTaxRatesWorkflow(container).run({
    input: regions.flatMap(({ id: tax_region_id }) =>
      rules.map((rule, n) => ({ tax_region_id, name: `Reduced ${n}`, code: `reduced-${n}`, rate: one(RATES), rules: [rule] }))
    ),
  })
}
