import type { TFunction } from "i18next"
import type { ColumnSource } from "../../catalog/columns/column-source"

/** What no template can say, as the API words it, and the names of these under `metaCatalog.columns.builtIn`. */
const builtIn: Record<string, string> = {
  "(variant.sku or variant.id, fixed when the item is first seen)": "id",
  "(stock policy)": "stock",
  "(whether the product is offered)": "offered",
  "(start and end of the price list)": "period",
  "(first image of the variant)": "variantImage",
  "(first image of the product)": "productImage",
  "(further images)": "furtherImages",
  "(all other options)": "otherOptions",
  "(product.id where there is more than one variant)": "group",
  "(product.description where it has HTML)": "html",
  "(what the product's categories are mapped to)": "categories",
  "catalog.default_condition": "condition",
  "catalog.default_brand": "brand",
  "catalog.google_product_category": "googleCategory",
  "catalog.product_url_template": "urlTemplate",
}

/** A built-in source in words; one that is not known here is shown as the API words it. */
export function builtInWords(place: string, t: TFunction): string {
  const name = builtIn[place]
  if (name) {
    return t(`metaCatalog.columns.builtIn.${name}`)
  }
  const [, prefix, rest] = /^(option|metadata|variant\.metadata|product\.metadata)\.(.+)$/.exec(place) ?? []
  if (prefix === "option") {
    return sourceWords({ from: "option", title: rest }, t)
  }
  if (prefix) {
    const of = prefix === "metadata" ? "either" : prefix === "variant.metadata" ? "variant" : "product"
    return sourceWords({ from: "metadata", of, key: rest }, t)
  }
  return /^(product|variant|price)\.\w+$/.test(place) ? pathWords(place, t) : place.replace(/^\((.*)\)$/, "$1")
}

/** A source in words. */
export function sourceWords(source: ColumnSource, t: TFunction): string {
  switch (source.from) {
    case "field":
      return pathWords(source.path, t)
    case "option":
      return t("metaCatalog.columns.words.option", { title: source.title || "…" })
    case "metadata":
      return t(`metaCatalog.columns.words.metadata.${source.of}`, { key: source.key || "…" })
    case "template":
      return t("metaCatalog.columns.words.template", { text: source.text || "…" })
    case "constant":
      return t("metaCatalog.columns.words.constant", { value: source.value || "…" })
    default:
      return t(`metaCatalog.columns.words.${source.from}`)
  }
}

/** A field of Medusa's in words: what it belongs to, and its name. */
export function pathWords(path: string, t: TFunction): string {
  const [of, name] = path.split(".")
  return t(`metaCatalog.columns.of.${of}`, { name: t(`metaCatalog.columns.name.${name}`) })
}

/** All sources of a column in order; null is the built-in source. */
export function columnWords(source: readonly ColumnSource[] | null, defaults: readonly string[], t: TFunction): string {
  const words = source === null ? defaults.map((place) => builtInWords(place, t)) : source.map((one) => sourceWords(one, t))
  return words.join(t("metaCatalog.columns.else"))
}
