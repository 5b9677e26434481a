import { Client } from "pg"

/** Ids of what `fillCatalogue` makes, for scopes and settings. */
export const filled = { salesChannelId: "sc_bench", currencyCode: "usd", otherCurrencyCode: "eur" } as const

/** `mixed`: every tenth variant has a price of a sale list and one with a rule beside its plain price, in each currency. */
export type Prices = "base" | "mixed"

/** Variants of each product. */
export const VARIANTS_PER_PRODUCT = 10

/**
 * Fills a migrated, empty store with a large catalogue, straight into core's tables: products of ten variants with three
 * options, four images, a type, two tags, a category, HTML descriptions, valid EANs, metadata for what Medusa has no field for, two stock
 * locations and prices in two currencies, so that every default column has a value but those of sales (with base prices) and preorders.
 * The same content for the same number every time.
 *
 * @param items number of variants, a multiple of ten
 */
export async function fillCatalogue(databaseUrl: string, { items, prices = "base" }: { items: number; prices?: Prices }): Promise<void> {
  if (!Number.isInteger(items / VARIANTS_PER_PRODUCT) || items < VARIANTS_PER_PRODUCT) {
    throw new Error(`--items must be a multiple of ${VARIANTS_PER_PRODUCT}, not ${items}`)
  }
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    for (const statement of statements(items / VARIANTS_PER_PRODUCT, prices)) await client.query(statement)
  } finally {
    await client.end()
  }
}

function statements(products: number, prices: Prices): string[] {
  const product = `generate_series(1, ${products}) p`
  const variant = `${product}, generate_series(1, ${VARIANTS_PER_PRODUCT}) v`
  const key = "lpad(p::text, 8, '0')"
  const variantKey = `${key} || '_' || lpad(v::text, 2, '0')`
  return [
    // A GTIN needs its check digit, or every item would carry a warning no real store has.
    `create function pg_temp.ean(payload text) returns text language sql immutable as $$
       select payload || ((10 - sum(substr(payload, i, 1)::int * case when i % 2 = 0 then 3 else 1 end) % 10) % 10)::text
       from generate_series(1, 12) i $$`,
    `insert into sales_channel (id, name, is_disabled) values ('${filled.salesChannelId}', 'Benchmark', false)`,
    "insert into stock_location (id, name) values ('sloc_north', 'North'), ('sloc_south', 'South')",
    `insert into sales_channel_stock_location (id, sales_channel_id, stock_location_id)
     values ('scloc_north', '${filled.salesChannelId}', 'sloc_north'), ('scloc_south', '${filled.salesChannelId}', 'sloc_south')`,
    "insert into product_type (id, value) select 'ptyp_' || n, 'Type ' || n from generate_series(0, 9) n",
    "insert into product_tag (id, value) select 'ptag_' || n, 'tag ' || n from generate_series(0, 19) n",
    `insert into product_category (id, name, handle, mpath, is_active, is_internal, rank, parent_category_id, description)
     select 'pcat_' || n, 'Category ' || n, 'category-' || n, case when n < 5 then 'pcat_' || n else 'pcat_' || n % 5 || '.pcat_' || n end,
            true, false, n, case when n >= 5 then 'pcat_' || n % 5 end, ''
     from generate_series(0, 24) n order by n`,
    `insert into product (id, title, subtitle, handle, description, status, is_giftcard, discountable, thumbnail, material, type_id, metadata)
     select 'prod_' || ${key}, 'Product "' || p || '", the long one', 'A subtitle', 'product-' || p,
            '<p>Made for <strong>every day</strong>, number ' || p || ', with a comma, "quotes" and' || chr(10) || 'a new line.</p><ul><li>First</li><li>Second</li></ul><p>'
              || repeat('It is sturdy, light and easy to repair. ', 5) || '</p>',
            'published', false, true, 'https://cdn.example.com/products/' || p || '/0.jpg', 'Cotton', 'ptyp_' || p % 10,
            jsonb_build_object('brand', 'Maker ' || p % 50, 'pattern', 'Striped', 'gender', 'unisex', 'age_group', 'adult', 'google_product_category', '212')
     from ${product}`,
    `insert into product_sales_channel (id, product_id, sales_channel_id) select 'prodsc_' || ${key}, 'prod_' || ${key}, '${filled.salesChannelId}' from ${product}`,
    `insert into product_tags (product_id, product_tag_id) select 'prod_' || ${key}, 'ptag_' || (p + t) % 20 from ${product}, generate_series(0, 1) t`,
    `insert into product_category_product (product_id, product_category_id) select 'prod_' || ${key}, 'pcat_' || 5 + p % 20 from ${product}`,
    `insert into image (id, url, rank, product_id)
     select 'img_' || ${key} || '_' || n, 'https://cdn.example.com/products/' || p || '/' || n || '.jpg', n, 'prod_' || ${key} from ${product}, generate_series(0, 3) n`,
    `insert into product_option (id, title, is_exclusive)
     select 'opt_' || ${key} || '_' || t, t, true from ${product}, (values ('Size'), ('Color'), ('Fit')) o(t)`,
    `insert into product_option_value (id, value, option_id, rank)
     select 'optval_' || ${key} || '_s' || n, 'S' || n, 'opt_' || ${key} || '_Size', n from ${product}, generate_series(1, 5) n
     union all
     select 'optval_' || ${key} || '_c' || n, case n when 1 then 'Black' else 'White' end, 'opt_' || ${key} || '_Color', n from ${product}, generate_series(1, 2) n
     union all
     select 'optval_' || ${key} || '_f1', 'Regular', 'opt_' || ${key} || '_Fit', 1 from ${product}`,
    `insert into product_variant (id, title, sku, ean, allow_backorder, manage_inventory, variant_rank, product_id, metadata)
     select 'variant_' || ${variantKey}, 'Variant ' || v, 'SKU-' || p || '-' || v, pg_temp.ean(lpad((p * 100 + v)::text, 12, '0')), false, true, v, 'prod_' || ${key},
            jsonb_build_object('mpn', 'M-' || p || '-' || v)
     from ${variant}`,
    `insert into product_variant_option (variant_id, option_value_id)
     select 'variant_' || ${variantKey}, 'optval_' || ${key} || '_s' || (v + 1) / 2 from ${variant}
     union all
     select 'variant_' || ${variantKey}, 'optval_' || ${key} || '_c' || 1 + v % 2 from ${variant}
     union all
     select 'variant_' || ${variantKey}, 'optval_' || ${key} || '_f1' from ${variant}`,
    `insert into inventory_item (id, sku, requires_shipping) select 'iitem_' || ${variantKey}, 'SKU-' || p || '-' || v, true from ${variant}`,
    `insert into product_variant_inventory_item (id, variant_id, inventory_item_id, required_quantity)
     select 'pvitem_' || ${variantKey}, 'variant_' || ${variantKey}, 'iitem_' || ${variantKey}, 1 from ${variant}`,
    `insert into inventory_level (id, inventory_item_id, location_id, stocked_quantity, reserved_quantity, incoming_quantity,
       raw_stocked_quantity, raw_reserved_quantity, raw_incoming_quantity)
     select 'ilev_' || l || '_' || ${variantKey}, 'iitem_' || ${variantKey}, 'sloc_' || l, (p * 7 + v) % 50, (p + v) % 3, 0,
            jsonb_build_object('value', ((p * 7 + v) % 50)::text, 'precision', 20), jsonb_build_object('value', ((p + v) % 3)::text, 'precision', 20),
            '{"value": "0", "precision": 20}'
     from ${variant}, (values ('north'), ('south')) s(l)`,
    `insert into price_set (id) select 'pset_' || ${variantKey} from ${variant}`,
    `insert into product_variant_price_set (id, variant_id, price_set_id)
     select 'pvps_' || ${variantKey}, 'variant_' || ${variantKey}, 'pset_' || ${variantKey} from ${variant}`,
    `insert into price (id, price_set_id, currency_code, amount, raw_amount, rules_count)
     select 'price_' || c || '_' || ${variantKey}, 'pset_' || ${variantKey}, c, 10 + v + 0.99, jsonb_build_object('value', (10 + v + 0.99)::text, 'precision', 20), 0
     from ${variant}, (values ('usd'), ('eur')) s(c)`,
    ...(prices === "mixed" ? mixedPrices(`${variant}, (values ('usd'), ('eur')) s(c) where v = 10`, variantKey) : []),
    "analyze",
  ]
}

/** A sale price and a price for one region, of each tenth variant. */
function mixedPrices(tenth: string, variantKey: string): string[] {
  return [
    `insert into price_list (id, status, type, title, description, starts_at, ends_at, rules_count)
     values ('plist_bench', 'active', 'sale', 'Sale', 'Sale', now() - interval '1 day', now() + interval '30 days', 0)`,
    `insert into price (id, price_set_id, currency_code, amount, raw_amount, rules_count, price_list_id)
     select 'price_sale_' || c || '_' || ${variantKey}, 'pset_' || ${variantKey}, c, 9.99, '{"value": "9.99", "precision": 20}', 0, 'plist_bench' from ${tenth}`,
    `insert into price (id, price_set_id, currency_code, amount, raw_amount, rules_count)
     select 'price_rule_' || c || '_' || ${variantKey}, 'pset_' || ${variantKey}, c, 15.99, '{"value": "15.99", "precision": 20}', 1 from ${tenth}`,
    `insert into price_rule (id, value, priority, price_id, attribute, operator)
     select 'prule_' || c || '_' || ${variantKey}, 'reg_elsewhere', 0, 'price_rule_' || c || '_' || ${variantKey}, 'region_id', 'eq' from ${tenth}`,
  ]
}
