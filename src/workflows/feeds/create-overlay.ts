import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError, Modules } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { overrideLanguage } from "../../catalog/translations/override-language"
import { supplementaryProblem } from "../../catalog/items/overlay-rows"
import type { FetchSchedule } from "../../modules/meta-catalog/feeds/fetch-calendar"
import { refuseCurrencyWithoutPrices } from "../catalogs/check-settings"
import { newFeed } from "../catalogs/connect-catalog"
import { ensureFeedStep } from "./ensure-feed"
import { defaultSchedule } from "./feed-schedules"
import { metaCatalog, type CatalogRow } from "../open-catalog"
import { translationModule } from "./read-translations"

/** What a feed over the items of others is to hold. */
export type OverlayInput = CountryInput | LanguageInput | SupplementaryInput

type CountryInput = { kind: "override"; override_type: "country"; override_value: string; region_id?: string | null; currency_code?: string | null }
type LanguageInput = { kind: "override"; override_type: "language"; locale: string; override_value?: string }
type SupplementaryInput = { kind: "supplementary"; columns: string[]; primary_feed_ids?: string[] }

export type CreateOverlayInput = OverlayInput & { catalog_id: string; schedule?: FetchSchedule; basic_auth: boolean; format?: "csv" | "tsv" }

/** The row of such a feed, beside what every feed has. */
type OverlaySettings = {
  override_type?: "country" | "language"
  override_value?: string
  region_id?: string | null
  currency_code?: string
  locale?: string
  columns?: string[]
  primary_feed_ids?: string[]
}

async function createOverlayRow(container: MedusaContainer, input: CreateOverlayInput): Promise<{ feed_id: string }> {
  const module = metaCatalog(container)
  const catalog = await module.retrieveCatalog(input.catalog_id)
  const settings = input.kind === "supplementary" ? await checkSupplementary(container, catalog, input) : await checkOverride(container, catalog, input)
  const row = newFeed(container, { catalog, schedule: input.schedule ?? defaultSchedule(), basicAuth: input.basic_auth })
  const [feed] = await module.createFeeds([
    {
      ...row,
      ...settings,
      kind: input.kind,
      format: input.format ?? "csv",
      // MikroORM's types know JSON as an object alone.
      columns: (settings.columns ?? null) as unknown as Record<string, unknown> | null,
      primary_feed_ids: (settings.primary_feed_ids ?? null) as unknown as Record<string, unknown> | null,
    },
  ])
  return { feed_id: feed.id }
}

async function checkOverride(container: MedusaContainer, catalog: CatalogRow, input: CountryInput | LanguageInput): Promise<OverlaySettings> {
  const settings = input.override_type === "country" ? await checkCountry(container, catalog, input) : await checkLanguage(container, input)
  const [known] = await metaCatalog(container).listFeeds(
    { catalog_id: catalog.id, kind: "override", override_type: input.override_type, override_value: settings.override_value },
    { select: ["id"], take: 1 }
  )
  refuseIf(known !== undefined, `override_value: the catalogue has a feed for ${settings.override_value} already`)
  return settings
}

/** The region whose prices count is the one given, or that of the country; without one the currency alone counts. */
async function checkCountry(
  container: MedusaContainer,
  catalog: CatalogRow,
  { override_value, region_id, currency_code }: CountryInput
): Promise<OverlaySettings> {
  const country = override_value.toLowerCase()
  const regions = await container.resolve(Modules.REGION).listRegions(region_id ? { id: region_id } : {}, { relations: ["countries"], take: null })
  refuseIf(Boolean(region_id) && regions.length === 0, "region_id: there is no such region")
  const region = region_id ? regions[0] : regions.find(({ countries }) => countries.some(({ iso_2 }) => iso_2 === country))
  const currency = (region?.currency_code ?? currency_code ?? "").toLowerCase()
  refuseIf(currency === "", "region_id: no region has this country; choose a region or a currency")
  refuseIf(region !== undefined && Boolean(currency_code) && currency_code?.toLowerCase() !== currency, `currency_code: the region sells in ${currency.toUpperCase()}`)
  refuseIf(catalog.price_tax !== "as_stored" && !region, "region_id: the catalogue shows prices with or without tax, which depends on a region")
  await refuseCurrencyWithoutPrices(container, currency)
  return { override_type: "country", override_value: override_value.toUpperCase(), region_id: region?.id ?? null, currency_code: currency }
}

async function checkLanguage(container: MedusaContainer, { locale, override_value }: LanguageInput): Promise<OverlaySettings> {
  const [known] = await translationModule(container).listLocales({ code: locale }, { select: ["code"], take: 1 })
  refuseIf(!known, `locale: the store has no locale ${locale}`)
  const value = override_value ?? overrideLanguage(locale)
  if (!value) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, `override_value: it is not known what Meta calls ${locale}; give its code, such as fr_XX`)
  }
  return { override_type: "language", override_value: value, locale }
}

async function checkSupplementary(
  container: MedusaContainer,
  catalog: CatalogRow,
  { columns, primary_feed_ids }: SupplementaryInput
): Promise<OverlaySettings> {
  checkColumns(columns, catalog)
  const module = metaCatalog(container)
  const feeds = await module.listFeeds({ catalog_id: catalog.id, kind: "replace" }, { order: { created_at: "ASC", id: "ASC" }, take: null })
  const wanted = [...new Set(primary_feed_ids ?? feeds.map((feed) => feed.id))]
  refuseIf(wanted.length === 0, "primary_feed_ids: the catalogue has no feed to attach it to")
  const unknown = wanted.find((id) => !feeds.some((feed) => feed.id === id))
  refuseIf(unknown !== undefined, `primary_feed_ids: the catalogue has no feed ${unknown} with items of its own`)
  const absent = feeds.find((feed) => wanted.includes(feed.id) && !feed.meta_feed_id)
  refuseIf(absent !== undefined, `primary_feed_ids: ${absent?.name} does not exist at Meta yet`)
  const others = await module.listFeeds({ catalog_id: catalog.id, kind: "supplementary" }, { take: null, order: { id: "ASC" } })
  const taken = others.flatMap((other) => (other.primary_feed_ids ?? []) as unknown as string[]).find((id) => wanted.includes(id))
  refuseIf(taken !== undefined, "primary_feed_ids: a feed has at most one supplementary feed at Meta, and one of these has it already")
  return { columns: [...new Set(columns)], primary_feed_ids: wanted }
}

/** @throws MedusaError for a column that no supplementary feed may have. */
export function checkColumns(columns: string[], { pushes_prices }: Pick<CatalogRow, "pushes_prices">): void {
  for (const column of columns) {
    const problem = supplementaryProblem(column, { pushesPrices: pushes_prices })
    refuseIf(problem !== null, `columns: ${column} ${problem}`)
  }
}

function refuseIf(isRefused: boolean, message: string): void {
  if (isRefused) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}

/** Nothing is undone when Meta does not answer: the feed may stand there, and only a row with the same name finds it again. */
const createOverlayRowStep = createStep("meta-catalog-create-overlay-row", async (input: CreateOverlayInput, { container }) => {
  return new StepResponse(await createOverlayRow(container, input))
})

const requestFirstOverlayStep = createStep("meta-catalog-request-first-overlay", async ({ feed_id }: { feed_id: string }, { container }) => {
  const module = metaCatalog(container)
  await module.feeds.requestBuild({ feedId: feed_id, thenUpload: true })
  await module.feeds.renewNextFetches()
  return new StepResponse({ feed_id })
})

/** Makes a supplementary or override feed here and at Meta and asks for its first build and upload. */
export const createOverlayWorkflow = createWorkflow("meta-catalog-create-overlay", (input: CreateOverlayInput) => {
  const feed = createOverlayRowStep(input)
  ensureFeedStep(feed)
  return new WorkflowResponse(requestFirstOverlayStep(feed))
})
