import type { FeedFieldName } from "./columns/field-table"
import type { ProductSource } from "./store/product-details"
import type { VariantSource } from "./store/product-sources"

/** A row as it is before the hook, by Meta's column names; columns without a value are missing. Stock and status are not in it. */
export type MapItemCells = Readonly<Partial<Record<FeedFieldName, string>>>

/** The variant and the product as the store has them. They are shared with the rest of the build, and frozen. */
export type MapItemVariant = Readonly<
  Pick<VariantSource, "id" | "title" | "sku" | "barcode" | "ean" | "upc" | "material" | "thumbnail" | "metadata" | "options" | "price">
>
export type MapItemProduct = Readonly<
  Pick<ProductSource, "id" | "title" | "subtitle" | "description" | "handle" | "thumbnail" | "material" | "metadata" | "type" | "tags" | "categoryPath" | "images">
>
export type MapItemCatalog = Readonly<{ id: string; name: string; metaCatalogId: string; currencyCode: string; countryCode: string | null; locale: string | null }>

export type MapItemContext = { variant: MapItemVariant; product: MapItemProduct; catalog: MapItemCatalog }

/**
 * Changed columns by Meta's names: a value takes the place of the cell and is written in the column's form, null empties it, and columns
 * that are missing or unchanged stay. Nothing at all changes nothing.
 */
export type MapItemResult = Partial<Record<FeedFieldName, unknown>> | null | undefined | void

/** Called once for every item and build. It must answer at once: a promise counts as an error. An error keeps the item's last valid row. */
export type MapItem = (cells: MapItemCells, context: MapItemContext) => MapItemResult

/** The hook with the columns it fills beyond those that are in the file anyway. */
export type MapItemHook = { columns: readonly FeedFieldName[]; map: MapItem }

/**
 * Types a hook where it is written, for the plugin option `mapItem`; it answers with what it was given.
 *
 * @param hook a function, or `{ columns, map }` where it fills columns that the catalogue's settings do not have
 */
export function defineMapItem(hook: MapItem | MapItemHook): MapItemHook {
  return typeof hook === "function" ? { columns: [], map: hook } : hook
}
