import type { EntityManager } from "typeorm"
import type { FeedRow } from "./entities/feed"
import { shownFields, type ItemRow, type OverrideType } from "./entities/item"

/**
 * Fields an override feed may hold for products (Meta: localized catalogs, supported fields), and those of them that only a country
 * feed may hold (CONTRACT 7.6).
 */
export const LOCALIZABLE_FIELDS: ReadonlySet<string> = new Set([
  "title", "description", "availability", "link", "brand", "price", "sale_price", "sale_price_effective_date", "color", "size",
  "material", "pattern", "custom_label_0", "custom_label_1", "custom_label_2", "custom_label_3", "custom_label_4",
  "additional_variant_attribute", "applink", "image", "unit_price", "visibility",
])
export const COUNTRY_FIELDS: ReadonlySet<string> = new Set(["price", "sale_price", "unit_price", "visibility", "availability"])

const regions = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" })

/** Whether a text names a country (`GB`), a language (`fr_XX`) or both (`fr_XX|CA`), as the type asks for. */
export function isOverrideKey(type: OverrideType, key: string): boolean {
  if (type === "country") {
    return /^[A-Z]{2}$/.test(key) && regions.of(key) !== undefined
  }
  if (type === "language") {
    return /^[a-z][a-z0-9]{1,2}_[A-Z]{2}$/.test(key)
  }
  const [language, country, ...more] = key.split("|")
  return more.length === 0 && country !== undefined && isOverrideKey("language", language) && isOverrideKey("country", country)
}

/** Who looks at an item. */
export type Viewer = { country?: string; language?: string }

/** What a viewer sees: the pair of language and country counts before the language, and that before the country (Meta: localized catalogs). */
export function localizedFields(item: Pick<ItemRow, "fields" | "supplement" | "overrides">, { country, language }: Viewer): Record<string, unknown> {
  const of = (type: OverrideType, key: string | undefined) => (key === undefined ? {} : (item.overrides[type]?.[key]?.values ?? {}))
  const pair = country !== undefined && language !== undefined ? `${language}|${country}` : undefined
  return { ...shownFields(item), ...of("country", country), ...of("language", language), ...of("language_and_country", pair) }
}

/** Takes away what a supplementary or override feed put over items; whatever lay below shows again. */
export async function forgetOverlays(db: EntityManager, feed: FeedRow): Promise<void> {
  await db.query("UPDATE item SET supplement = '{}' WHERE catalog_id = $1 AND feed_id IN (SELECT jsonb_array_elements_text($2::jsonb))", [
    feed.catalog_id,
    JSON.stringify(feed.options.primary_feed_ids ?? []),
  ])
  const type = feed.options.override_type
  if (type !== undefined) {
    await db.query(
      `UPDATE item SET overrides = jsonb_set(overrides, ARRAY[$2], (
         SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(overrides->$2) WHERE value->>'feed_id' <> $3))
       WHERE catalog_id = $1 AND overrides ? $2`,
      [feed.catalog_id, type, feed.id]
    )
  }
}
