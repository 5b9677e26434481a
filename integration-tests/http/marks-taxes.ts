import { Modules } from "@medusajs/framework/utils"
import {
  createPricePreferencesWorkflow,
  createTaxRateRulesWorkflow,
  createTaxRatesWorkflow,
  createTaxRegionsWorkflow,
  deletePricePreferencesWorkflow,
  deleteTaxRateRulesWorkflow,
  deleteTaxRatesWorkflow,
  deleteTaxRegionsWorkflow,
  updatePricePreferencesWorkflow,
  updateRegionsWorkflow,
  updateTaxRatesWorkflow,
} from "@medusajs/medusa/core-flows"
import type { Place } from "./marks-place"
import type { Row } from "./marks-rows"

const THEN = { sweep: "within 5 minutes", build: "within 10 minutes" } as const

const tax = ({ container }: Place) => container.resolve(Modules.TAX)
const pricing = ({ container }: Place) => container.resolve(Modules.PRICING)
const germany = async (place: Place) => (await tax(place).listTaxRegions({ country_code: "de" }))[0].id
const ofProduct = ({ plain }: Place) => ({ reference: "product", reference_id: plain[0].productId })
const itsVariants = ({ facts, plain }: Place) => facts.variants.filter(({ productId }) => productId === plain[0].productId).map(({ variantId }) => variantId)

/** Every variant that has a price: a rate of a whole country changes them all. */
const priced = async ({ sql }: Place, but: string[] = []) => {
  const { rows } = await sql.raw<{ rows: { variant_id: string }[] }>("select variant_id from meta_catalog_item where acknowledged_price is not null")
  return rows.map(({ variant_id }) => variant_id).filter((id) => !but.includes(id))
}

/** What has a price of the region's own follows the region's preference. */
const pricedByCurrency = async (place: Place) => await priced(place, place.facts.variants.filter(({ kind }) => kind === "region_price").map(({ variantId }) => variantId))

const euroPreference = async (place: Place) => (await pricing(place).listPricePreferences({ attribute: "currency_code", value: "eur" }, { take: 1 }))[0].id

const reducedRate = async (place: Place, rules = [ofProduct(place)]): Promise<string> =>
  (await tax(place).createTaxRates([{ tax_region_id: await germany(place), name: "Reduced", code: "reduced", rate: 7, rules }]))[0].id

/** The catalogue of the suite tells its prices without tax. */
export const taxes: Row[] = [
  {
    what: "`createTaxRatesWorkflow`",
    heard: ["tax.tax-rate.created", "tax.tax-rate-rule.created"],
    then: THEN,
    act: async (place) => {
      await place.run(createTaxRatesWorkflow, [{ tax_region_id: await germany(place), name: "Reduced", code: "reduced", rate: 7, rules: [ofProduct(place)] }])
      return itsVariants(place)
    },
  },
  {
    what: "`updateTaxRatesWorkflow`",
    heard: ["tax.tax-rate.updated"],
    then: THEN,
    act: async (place) => {
      const [{ id }] = await tax(place).listTaxRates({ tax_region_id: await germany(place) }, { take: 1 })
      await place.run(updateTaxRatesWorkflow, { selector: { id }, update: { rate: 21 } })
      return await priced(place)
    },
  },
  {
    what: "`deleteTaxRatesWorkflow`",
    heard: ["tax.tax-rate-rule.deleted", "tax.tax-rate.deleted"],
    then: THEN,
    given: async (place) => await reducedRate(place),
    act: async (place, id) => {
      await place.run(deleteTaxRatesWorkflow, { ids: [id] })
      return itsVariants(place)
    },
  },
  {
    what: "`createTaxRateRulesWorkflow`",
    heard: ["tax.tax-rate-rule.created"],
    then: THEN,
    given: async (place) => await reducedRate(place, []),
    act: async (place, id) => {
      await place.run(createTaxRateRulesWorkflow, { rules: [{ tax_rate_id: id, ...ofProduct(place) }] })
      return itsVariants(place)
    },
  },
  {
    what: "`deleteTaxRateRulesWorkflow`",
    heard: ["tax.tax-rate-rule.deleted"],
    then: THEN,
    given: async (place) => {
      const id = await reducedRate(place)
      return (await tax(place).listTaxRateRules({ tax_rate_id: id }, { take: 1 }))[0].id
    },
    act: async (place, id) => {
      await place.run(deleteTaxRateRulesWorkflow, { ids: [id] })
      return itsVariants(place)
    },
  },
  {
    what: "`createTaxRegionsWorkflow`",
    heard: ["tax.tax-rate.created", "tax.tax-region.created"],
    then: THEN,
    given: async (place) => {
      await tax(place).deleteTaxRegions([await germany(place)])
      return ""
    },
    act: async (place) => {
      await place.run(createTaxRegionsWorkflow, [{ country_code: "de", provider_id: "tp_system", default_tax_rate: { name: "VAT", code: "vat", rate: 19 } }])
      return await priced(place)
    },
  },
  {
    what: "`deleteTaxRegionsWorkflow`",
    heard: ["tax.tax-rate.deleted", "tax.tax-region.deleted"],
    then: THEN,
    act: async (place) => {
      await place.run(deleteTaxRegionsWorkflow, { ids: [await germany(place)] })
      return await priced(place)
    },
  },
  {
    what: "`updateRegionsWorkflow`: automatic taxes",
    heard: ["region.region.updated", "region.updated"],
    then: THEN,
    act: async (place) => {
      await place.run(updateRegionsWorkflow, { selector: { id: place.facts.regionIds.europe }, update: { automatic_taxes: false } })
      return await priced(place)
    },
  },
  {
    what: "`createPricePreferencesWorkflow`",
    heard: ["pricing.price-preference.created"],
    then: THEN,
    given: async (place) => {
      await pricing(place).deletePricePreferences([await euroPreference(place)])
      return ""
    },
    act: async (place) => {
      await place.run(createPricePreferencesWorkflow, [{ attribute: "currency_code", value: "eur", is_tax_inclusive: true }])
      return await pricedByCurrency(place)
    },
  },
  {
    what: "`updatePricePreferencesWorkflow`: whether tax is in the prices",
    heard: ["pricing.price-preference.updated"],
    then: THEN,
    act: async (place) => {
      await place.run(updatePricePreferencesWorkflow, { selector: { attribute: ["currency_code"], value: ["eur"] }, update: { is_tax_inclusive: false } })
      return await pricedByCurrency(place)
    },
  },
  {
    what: "`deletePricePreferencesWorkflow`",
    heard: ["pricing.price-preference.deleted"],
    then: THEN,
    act: async (place) => {
      await place.run(deletePricePreferencesWorkflow, [await euroPreference(place)])
      return await pricedByCurrency(place)
    },
  },
]
