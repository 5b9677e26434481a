import { filled } from "./fill"

/**
 * The floor: what PostgreSQL alone needs to hand out the source columns a build reads, as one set-based statement with
 * base prices only. No mapping, no checks, no compression, nothing of the plugin's own tables.
 */
export const FLOOR_STATEMENT = `copy (
  with location as (
    select stock_location_id from sales_channel_stock_location where sales_channel_id = '${filled.salesChannelId}' and deleted_at is null),
  level as (
    select inventory_item_id, sum(stocked_quantity - reserved_quantity) as quantity
    from inventory_level where deleted_at is null and location_id in (select stock_location_id from location) group by 1),
  available as (
    select l.variant_id, min(floor(coalesce(level.quantity, 0) / l.required_quantity)) as available
    from product_variant_inventory_item l left join level on level.inventory_item_id = l.inventory_item_id
    where l.deleted_at is null group by 1),
  options as (
    select pvo.variant_id, string_agg(o.title || ':' || ov.value, ',') as options
    from product_variant_option pvo
    join product_option_value ov on ov.id = pvo.option_value_id and ov.deleted_at is null
    join product_option o on o.id = ov.option_id and o.deleted_at is null
    group by 1),
  images as (
    select im.product_id, string_agg(im.url, ',' order by im.rank) as images, string_agg(vi.variant_id, ',') as image_variants
    from image im left join product_variant_product_image vi on vi.image_id = im.id and vi.deleted_at is null
    where im.deleted_at is null group by 1),
  tags as (
    select pt.product_id, string_agg(t.value, ',') as tags
    from product_tags pt join product_tag t on t.id = pt.product_tag_id and t.deleted_at is null group by 1),
  categories as (
    select product_id, string_agg(product_category_id, ',') as categories from product_category_product group by 1),
  siblings as (
    select product_id, count(*) as variant_count from product_variant where deleted_at is null group by 1)
  select v.id, v.title, v.sku, v.barcode, v.ean, v.upc, v.material, v.thumbnail, v.metadata, v.manage_inventory, v.allow_backorder,
         available.available, price.amount, options.options,
         p.id, p.title, p.subtitle, p.description, p.handle, p.thumbnail, p.material, p.metadata, ty.value,
         images.images, images.image_variants, tags.tags, categories.categories, siblings.variant_count
  from product p
  join product_sales_channel psc on psc.product_id = p.id and psc.sales_channel_id = '${filled.salesChannelId}' and psc.deleted_at is null
  join product_variant v on v.product_id = p.id and v.deleted_at is null
  join siblings on siblings.product_id = p.id
  left join product_variant_price_set vps on vps.variant_id = v.id and vps.deleted_at is null
  left join price on price.price_set_id = vps.price_set_id and price.currency_code = '${filled.currencyCode}' and price.deleted_at is null
  left join available on available.variant_id = v.id
  left join options on options.variant_id = v.id
  left join images on images.product_id = p.id
  left join tags on tags.product_id = p.id
  left join categories on categories.product_id = p.id
  left join product_type ty on ty.id = p.type_id and ty.deleted_at is null
  where p.status = 'published' and p.deleted_at is null
) to stdout (format csv)`
