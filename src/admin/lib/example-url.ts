import { productUrl, type ProductUrlValues } from "../../catalog/items/product-url"

export type ExampleUrl =
  | { ok: true; url: string }
  /** Why there is no example; the texts are under `metaCatalog.form.exampleMissing`. */
  | { ok: false; reason: "empty" | "no_place" | "unknown_place" | "value_missing" | "not_a_url" }

/** Fills in a product URL template with the feed's own function, so the example is what Meta will get. */
export function exampleUrl(template: string, values: ProductUrlValues): ExampleUrl {
  const trimmed = template.trim()
  if (!trimmed) {
    return { ok: false, reason: "empty" }
  }
  const places = [...trimmed.matchAll(/\{([^}]*)\}/g)].map((match) => match[1])
  if (places.some((place) => !(place in values))) {
    return { ok: false, reason: "unknown_place" }
  }
  if (!places.includes("handle") && !places.includes("variant_id")) {
    return { ok: false, reason: "no_place" }
  }
  if (places.some((place) => !values[place as keyof ProductUrlValues])) {
    return { ok: false, reason: "value_missing" }
  }
  const url = productUrl(trimmed)(values)
  return url === null ? { ok: false, reason: "not_a_url" } : { ok: true, url }
}
