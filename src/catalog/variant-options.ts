/** A variant's value of one option. */
export type OptionValue = { title: string; value: string }

// Characters no option has in the admin and that are dropped from every cell.
const BETWEEN_PARTS = "\u0001"
const BETWEEN_OPTIONS = "\u0002"

/**
 * Common table expression `variant_option(variant_id, options)`: every variant's options as one text, in order of title.
 * Set-based, because looking options up variant by variant costs more than everything else that is read.
 */
export const VARIANT_OPTIONS = `
  variant_option as (
    select pvo.variant_id, string_agg(o.title || chr(1) || ov.value, chr(2) order by o.title, ov.value) as options
    from product_variant_option pvo
    join product_option_value ov on ov.id = pvo.option_value_id and ov.deleted_at is null
    join product_option o on o.id = ov.option_id and o.deleted_at is null
    group by pvo.variant_id)`

/** The options in a text of `VARIANT_OPTIONS`; none for null. */
export function parseOptions(text: string | null): OptionValue[] {
  if (text === null) return []
  return text.split(BETWEEN_OPTIONS).map((option) => {
    const [title, value = ""] = option.split(BETWEEN_PARTS)
    return { title, value }
  })
}
