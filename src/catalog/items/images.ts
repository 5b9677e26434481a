import { limitOf } from "../columns/field-table"
import type { ProductSource } from "../store/product-details"
import { isWebUrl } from "./product-url"

/** Ten more beside the main one: the smallest number any source names (seed 2); the reference allows 20. */
const MOST_ADDITIONAL = 10

/** A product's usable images, prepared once for all of its variants. */
export type ProductImages = {
  thumbnail: string | null
  images: { url: string; variantIds: string[] }[]
  /** The cells of a variant that has no image of its own, which most have not. */
  shared: ImageCells
  /** Addresses that are no absolute web addresses. */
  invalid: string[]
}

/** The cells of one variant. `image_link` is null when the store has no usable image. */
export type ImageCells = { main: string | null; additional: string }

/** Checks and encodes a product's image addresses. */
export function productImages(product: ProductSource): ProductImages {
  const invalid: string[] = []
  const usable = (url: string | null): string | null => {
    if (!url) return null
    const encoded = imageUrl(url)
    if (encoded === null) invalid.push(url)
    return encoded
  }
  const thumbnail = usable(product.thumbnail)
  const images = product.images.flatMap(({ url, variantIds }) => {
    const encoded = usable(url)
    return encoded === null ? [] : [{ url: encoded, variantIds }]
  })
  return { thumbnail, images, shared: cellsOf({ thumbnail, images }, []), invalid: [...new Set(invalid)] }
}

/**
 * The images of one variant: its own first, then the product's thumbnail and the images of the whole product. Images of
 * other variants are shown only when nothing else is there.
 */
export function variantImages(product: ProductImages, variant: { id: string; thumbnail: string | null }): ImageCells {
  const own = product.images.filter((image) => image.variantIds.includes(variant.id)).map(({ url }) => url)
  const thumbnail = variant.thumbnail ? imageUrl(variant.thumbnail) : null
  return own.length === 0 && thumbnail === null ? product.shared : cellsOf(product, thumbnail ? [thumbnail, ...own] : own)
}

function cellsOf({ thumbnail, images }: Pick<ProductImages, "thumbnail" | "images">, own: string[]): ImageCells {
  const whole = images.filter((image) => image.variantIds.length === 0).map(({ url }) => url)
  const ordered = [...new Set([...own, ...(thumbnail ? [thumbnail] : []), ...whole])]
  const found = ordered.length > 0 ? ordered : images.map(({ url }) => url)
  return { main: found[0] ?? null, additional: listCell(found.slice(1, 1 + MOST_ADDITIONAL)) }
}

/**
 * An absolute address as a feed cell can hold it: the characters Meta takes as separators of a list (catalog reference)
 * are percent-encoded. Null for anything that is no web address.
 */
export function imageUrl(url: string): string | null {
  const trimmed = url.trim()
  const encoded = trimmed.replace(/ /g, "%20").replace(/,/g, "%2C").replace(/;/g, "%3B").replace(/\|/g, "%7C")
  return isWebUrl(encoded) ? encoded : null
}

/** As many addresses as the cell holds; one that does not fit ends the list. */
function listCell(urls: string[]): string {
  let cell = ""
  for (const url of urls) {
    const longer = cell === "" ? url : `${cell},${url}`
    if (longer.length > limitOf("additional_image_link")) break
    cell = longer
  }
  return cell
}
