/** A variant's value of one option. */
export type OptionValue = { title: string; value: string }

// Characters no option has in the admin and that are dropped from every cell.
const BETWEEN_PARTS = "\u0001"
const BETWEEN_OPTIONS = "\u0002"

/**
 * Common table expressions ending in `variant_option(variant_id, options)`: the options of these variants as one text each, in order of
 * title. Set-based, because looking options up variant by variant costs more than everything else that is read.
 *
 * @param variants a text[] of their ids
 */
export function variantOptions(variants: string): string {
  return `
  option_link as materialized (
    select pvo.variant_id, pvo.option_value_id from product_variant_option pvo where pvo.variant_id = any(${variants})),
  option_value as materialized (
    select ov.id, ov.option_id, ov.value from product_option_value ov
    where ov.id = any(array(select option_value_id from option_link)) and ov.deleted_at is null),
  option_title as (
    select o.id, o.title from product_option o where o.id = any(array(select option_id from option_value)) and o.deleted_at is null),
  variant_option as (
    select l.variant_id, string_agg(o.title || chr(1) || ov.value, chr(2) order by o.title, ov.value) as options
    from option_link l
    join option_value ov on ov.id = l.option_value_id
    join option_title o on o.id = ov.option_id
    group by l.variant_id)`
}

/** Parsed texts that are remembered: many variants of a store have the same options. */
const REMEMBERED = 2_000
const parsed = new Map<string, readonly OptionValue[]>()
const NO_OPTIONS: readonly OptionValue[] = []

/** The options in a text of `variantOptions`, none for null; the same array for the same text while it is remembered. */
export function parseOptions(text: string | null): readonly OptionValue[] {
  if (text === null) return NO_OPTIONS
  let options = parsed.get(text)
  if (options === undefined) {
    if (parsed.size >= REMEMBERED) parsed.clear()
    options = text.split(BETWEEN_OPTIONS).map((option) => {
      const [title, value = ""] = option.split(BETWEEN_PARTS)
      return { title, value }
    })
    parsed.set(text, options)
  }
  return options
}
