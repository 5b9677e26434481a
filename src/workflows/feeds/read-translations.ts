import type { ITranslationModuleService, MedusaContainer } from "@medusajs/framework/types"
import { MedusaError, Modules } from "@medusajs/framework/utils"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { SourcePage } from "../../catalog/store/product-sources"
import { readIdentifiedOptions } from "../../catalog/translations/translated-options"
import { translatePage, type TranslatedPage } from "../../catalog/translations/translate-page"

/** Ids asked for in one call of the Translation Module. */
const IDS_PER_CALL = 1_000

/**
 * The store's Translation Module.
 *
 * @throws MedusaError where the store has none.
 */
export function translationModule(container: MedusaContainer): ITranslationModuleService {
  const module = container.resolve<ITranslationModuleService | undefined>(Modules.TRANSLATION, { allowUnregistered: true })
  if (!module) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      "override_type: a language feed needs Medusa's Translation Module, which this store does not have; install @medusajs/translation and switch its feature flag on"
    )
  }
  return module
}

/** Puts one locale's translations into pages of the store; see `translatePage`. Options are read from the database that `snapshot` sees. */
export function pageTranslator(container: MedusaContainer, snapshot: Knex, locale: string): (page: SourcePage) => Promise<TranslatedPage> {
  const module = translationModule(container)
  return async (page) => {
    const variantIds = page.variants.map((variant) => variant.id)
    const options = await readIdentifiedOptions(snapshot, variantIds)
    const optionIds = [...options.values()].flatMap((own) => own.flatMap(({ optionId, valueId }) => [optionId, valueId]))
    const ids = [...new Set([...page.products.keys(), ...variantIds, ...optionIds])]
    return translatePage(page, { options, translations: await readTranslations(module, { ids, locale }) })
  }
}

async function readTranslations(module: ITranslationModuleService, { ids, locale }: { ids: string[]; locale: string }): Promise<Map<string, Record<string, unknown>>> {
  const found = new Map<string, Record<string, unknown>>()
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    const part = ids.slice(start, start + IDS_PER_CALL)
    const rows = await module.listTranslations({ reference_id: part, locale_code: locale }, { select: ["reference_id", "translations"], take: part.length })
    for (const row of rows) {
      found.set(row.reference_id, row.translations)
    }
  }
  return found
}
