/**
 * Common table expression `name(retailer_id, units)`: what is to be subtracted from the stock of a catalogue for orders
 * at Meta, A = I − P − C (CONTRACT 8.2). P are the units of FB_PROCESSING orders, C those of CREATED ones; an order that is booked
 * has left the stock already, and orders from IN_PROGRESS on are taken to be in it.
 *
 * No rows unless the catalogue nets orders itself (`orders_mode` seller) and Meta shows them: in mode `platform` Meta subtracts
 * unconfirmed orders from what it is told, and subtracting them here as well would count them twice.
 *
 * `retailer_id` comes once, and is the present one where an order names an item by its former id. What Meta shows of an order and what this store has cancelled are both held against what was
 * ordered, because it is not documented whether cancelled units stay in the quantity Meta shows.
 */
export function pendingOrders({ name, catalogId }: { name: string; catalogId: string }): string {
  return `
    ${name} as (
      select coalesce(renamed.retailer_id, oi.retailer_id) as retailer_id, sum(greatest(0, least(oi.quantity, oi.ordered_quantity - oi.cancelled_quantity)))::int as units
      from meta_catalog_order o
      join meta_catalog_order_item oi on oi.order_id = o.id and oi.deleted_at is null
      left join meta_catalog_item renamed on renamed.catalog_id = o.catalog_id and renamed.previous_retailer_id = oi.retailer_id and renamed.deleted_at is null
      where o.catalog_id = ${catalogId} and o.booked_at is null and o.state in ('FB_PROCESSING', 'CREATED') and o.deleted_at is null
        and (select c.orders_mode = 'seller' and c.orders_refused_at is null from meta_catalog_catalog c where c.id = ${catalogId})
      group by 1)`
}
