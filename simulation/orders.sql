-- The order lines of the last 28 days as `npm run simulate -- --orders` reads them:
--   psql "$DATABASE_URL" --csv -f simulation/orders.sql > orders.csv
--
-- An order made at Meta is one that carries metadata.meta_order_id. Medusa keeps no history of stock: what was there before an
-- order is taken to be what is available now and every unit ordered since, so deliveries of these days count as if they had been
-- there from the start. Where you know better, correct the column; its later values need only be there where stock came in.
-- Variants whose stock is not managed, cancelled orders and drafts are left out, of an edited order only its last version counts.
with level as (
  select inventory_item_id, sum(stocked_quantity - reserved_quantity) as free
  from inventory_level where deleted_at is null group by inventory_item_id),
available as (
  select l.variant_id, greatest(0, min(floor(coalesce(level.free, 0) / nullif(l.required_quantity, 0)))) as units
  from product_variant_inventory_item l left join level on level.inventory_item_id = l.inventory_item_id
  where l.deleted_at is null group by l.variant_id),
line as (
  select o.created_at, o.id as order_id, item.id as line_id, v.id as variant_id, coalesce(nullif(v.sku, ''), v.id) as sku, ceil(oi.quantity) as quantity,
         case when jsonb_exists(o.metadata, 'meta_order_id') then 'meta' else 'web' end as channel
  from "order" o
  join order_item oi on oi.order_id = o.id and oi.version = o.version and oi.deleted_at is null and oi.quantity > 0
  join order_line_item item on item.id = oi.item_id and item.deleted_at is null
  join product_variant v on v.id = item.variant_id and v.deleted_at is null and v.manage_inventory
  where o.deleted_at is null and o.status not in ('canceled', 'draft') and not o.is_draft_order and o.created_at > now() - interval '28 days')
select to_char(line.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time, line.sku, line.quantity::bigint as quantity, line.channel,
       (coalesce(available.units, 0) + sum(line.quantity) over (
         partition by line.variant_id order by line.created_at desc, line.order_id desc, line.line_id desc))::bigint as stock
from line
left join available on available.variant_id = line.variant_id
order by line.created_at, line.order_id, line.line_id;
