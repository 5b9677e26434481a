import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import { MedusaError } from "@medusajs/framework/utils"
import { columnProblem } from "../../catalog/columns/check-columns"
import type { ColumnSettings, ColumnSource } from "../../catalog/columns/column-source"
import { readCurrencyDecimals } from "../../catalog/prices/prices"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { columnSettingsOf } from "../catalogs/item-settings-of"
import type { CatalogRow } from "../open-catalog"

/**
 * What a catalogue's column settings are, and what they will be once `changes` are saved. Nothing is changed.
 *
 * @throws MedusaError that names the column, for one that cannot be set, or not in this way.
 */
export async function draftColumns(
  { sql, module }: { sql: Knex; module: MetaCatalogModuleService },
  catalog: CatalogRow,
  changes: Record<string, ColumnSource[] | null>
): Promise<{ stored: ColumnSettings; draft: ColumnSettings }> {
  const currency = { code: catalog.currency_code, decimals: await readCurrencyDecimals(sql, catalog.currency_code) }
  for (const [field, sources] of Object.entries(changes)) {
    const problem = columnProblem(field, sources, currency)
    if (problem !== null) {
      throw new MedusaError(MedusaError.Types.INVALID_DATA, problem)
    }
  }
  const stored = await columnSettingsOf(module, { catalogId: catalog.id })
  const draft = new Map(stored)
  for (const [field, sources] of Object.entries(changes)) {
    if (sources === null) draft.delete(field)
    else draft.set(field, sources)
  }
  return { stored, draft }
}
