import { PRODUCT_DETAILS, VARIANT_DETAILS } from "../store/source-details"

/** Medusa's own fields that a column can take its value from. */
export const PRODUCT_FIELD_NAMES = ["id", "title", "subtitle", "description", "handle", "thumbnail", "material", "type", "category", "tags"] as const
export const VARIANT_FIELD_NAMES = ["id", "title", "sku", "barcode", "ean", "upc", "material", "thumbnail"] as const
/** The item's price as the Pricing Module and the price lists have it. */
export const PRICE_FIELD_NAMES = ["amount", "sale_amount", "sale_starts_at", "sale_ends_at"] as const

const productPaths = [...PRODUCT_FIELD_NAMES, ...PRODUCT_DETAILS].map((name) => `product.${name}` as const)
const variantPaths = [...VARIANT_FIELD_NAMES, ...VARIANT_DETAILS].map((name) => `variant.${name}` as const)
const pricePaths = PRICE_FIELD_NAMES.map((name) => `price.${name}` as const)

export const SOURCE_PATHS = [...productPaths, ...variantPaths, ...pricePaths]
export type SourcePath = (typeof SOURCE_PATHS)[number]

const KNOWN: ReadonlySet<string> = new Set(SOURCE_PATHS)

export function isSourcePath(name: string): name is SourcePath {
  return KNOWN.has(name)
}

/** A place in a template. What holds a quote is no place: templates may be JSON. */
const PLACE = /\{([^{}"]*)\}/g

/** The prefixes of places that end in a name the store chose. */
export const NAMED_PLACES = ["option.", "metadata.", "variant.metadata.", "product.metadata."] as const

/** The places of a template in order, and whether each can be filled in at all. */
export function templatePlaces(template: string): { name: string; isKnown: boolean }[] {
  return [...template.matchAll(PLACE)].map(([, name]) => ({
    name,
    isKnown: isSourcePath(name) || NAMED_PLACES.some((prefix) => name.startsWith(prefix) && name.length > prefix.length),
  }))
}

/** A template as what stands between its places, and the places: `pieces` has one entry more. */
export function splitTemplate(template: string): { pieces: string[]; places: string[] } {
  const parts = template.split(PLACE)
  return { pieces: parts.filter((_, index) => index % 2 === 0), places: parts.filter((_, index) => index % 2 === 1) }
}
