/** Values a product URL template may name. */
export type ProductUrlValues = {
  country: string | null
  locale: string | null
  handle: string | null
  variant_id: string
  product_id: string
  sku: string | null
}

const PLACES = ["country", "locale", "handle", "variant_id", "product_id", "sku"] as const satisfies readonly (keyof ProductUrlValues)[]

/** Fills in a template; null when a value it names is missing or the result is no http(s) URL. */
export type ProductUrl = (values: ProductUrlValues) => string | null

/**
 * Prepares a template such as `https://shop.example/{country}/products/{handle}?variant={variant_id}`. Values are
 * URL-encoded. An unknown place stays as it is, so that it is seen.
 */
export function productUrl(template: string): ProductUrl {
  const pieces = template.split(new RegExp(`\\{(${PLACES.join("|")})\\}`))
  return (values) => {
    let url = pieces[0]
    for (let index = 1; index < pieces.length; index += 2) {
      const value = values[pieces[index] as keyof ProductUrlValues]
      if (!value) return null
      url += encodeURIComponent(value) + pieces[index + 1]
    }
    return isWebUrl(url) ? url : null
  }
}

/** The storefront a template leads to, without a path. Null for a template that is no http(s) address. */
export function storefrontUrl(template: string, { country, locale }: Pick<ProductUrlValues, "country" | "locale">): string | null {
  const sample = { country: country ?? "gb", locale: locale ?? "en", handle: "h", variant_id: "v", product_id: "p", sku: "s" }
  const url = productUrl(template)(sample)
  return url && new URL(url).origin
}

/** Whether a text is an absolute http or https URL. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text)
}

/**
 * What is wrong with a product URL template, in words that follow the field's name, or null. Every product needs a link of
 * its own, hence the required places.
 */
export function templateProblem(template: string): string | null {
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name).find((name) => !(PLACES as readonly string[]).includes(name))
  if (unknown !== undefined) return `does not know {${unknown}}; it may hold ${PLACES.map((name) => `{${name}}`).join(", ")}`
  if (!template.includes("{handle}") && !template.includes("{variant_id}")) return "must contain {handle} or {variant_id}"
  const sample = productUrl(template)({ country: "gb", locale: "en", handle: "h", variant_id: "v", product_id: "p", sku: "s" })
  return sample === null ? "must be an http or https address" : null
}
