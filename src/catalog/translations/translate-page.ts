import { namesField } from "../items/option-fields"
import type { ProductSource } from "../store/product-details"
import type { SourcePage, VariantSource } from "../store/product-sources"
import type { IdentifiedOption } from "./translated-options"

/** Translated fields by the id of what they belong to; an untranslated field is missing or empty. */
export type Translations = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** A page in another language, and the variants of it that have anything translated. */
export type TranslatedPage = { page: SourcePage; translated: ReadonlySet<string> }

/** What of a store can be in another language, and how it is looked up. */
export type TranslationInput = { translations: Translations; options: ReadonlyMap<string, IdentifiedOption[]> }

/**
 * Puts translations in the place of what they translate; what has none stays as it is. The title of an option that is a field of
 * Meta's (`Farbe`) stays untranslated, because by it the field is known. Pure.
 */
export function translatePage(page: SourcePage, { translations, options }: TranslationInput): TranslatedPage {
  const products = new Map([...page.products].map(([id, product]) => [id, translateProduct(product, translations)]))
  const translated = new Set<string>()
  const variants = page.variants.map((variant) => {
    const own = options.get(variant.id) ?? []
    const ids = [variant.productId, variant.id, ...own.flatMap(({ optionId, valueId }) => [optionId, valueId])]
    if (ids.some((id) => hasText(translations.get(id)))) translated.add(variant.id)
    return translateVariant(variant, own, translations)
  })
  return { page: { products, variants }, translated }
}

function translateProduct(product: ProductSource, translations: Translations): ProductSource {
  const own = translations.get(product.id)
  if (!own) return product
  return {
    ...product,
    title: textOf(own, "title") ?? product.title,
    subtitle: textOf(own, "subtitle") ?? product.subtitle,
    description: textOf(own, "description") ?? product.description,
    material: textOf(own, "material") ?? product.material,
  }
}

function translateVariant(variant: VariantSource, options: IdentifiedOption[], translations: Translations): VariantSource {
  const own = translations.get(variant.id)
  return {
    ...variant,
    title: textOf(own, "title") ?? variant.title,
    material: textOf(own, "material") ?? variant.material,
    options: options.map(({ optionId, title, valueId, value }) => ({
      title: namesField(title) ? title : (textOf(translations.get(optionId), "title") ?? title),
      value: textOf(translations.get(valueId), "value") ?? value,
    })),
  }
}

function hasText(fields: Readonly<Record<string, unknown>> | undefined): boolean {
  return fields !== undefined && Object.values(fields).some((value) => typeof value === "string" && value.trim() !== "")
}

function textOf(fields: Readonly<Record<string, unknown>> | undefined, name: string): string | null {
  const value = fields?.[name]
  return typeof value === "string" && value.trim() !== "" ? value : null
}
