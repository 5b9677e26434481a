import { ITEM_EVENTS } from "../../src/workflows/marks/event-reach"
import type { Ground } from "./ground"
import type { Hint, Schedule } from "./schedule"
import { pick, Step } from "./step"

export class SetStock extends Step {
  constructor(private readonly item: number, private readonly location: number, private readonly quantity: number, private readonly isHeard: boolean) {
    super()
  }

  async run({ ground, book, hints }: Schedule): Promise<void> {
    const [itemId, locationId] = [pick(ground.shop.inventoryItemIds, this.item), pick(ground.shop.locationIds, this.location)]
    book.setStock(itemId, locationId, this.quantity)
    await ground.database.sql.query("update inventory_level set stocked_quantity = $3 where inventory_item_id = $1 and location_id = $2", [itemId, locationId, this.quantity])
    const hint = { event: "inventory.inventory-level.updated", id: `ilev_${itemId}${locationId}` }
    if (this.isHeard) {
      await hear(ground, hint)
    } else {
      hints.push(hint)
    }
  }

  toString(): string {
    return `stock of item ${this.item} at location ${this.location} = ${this.quantity}${this.isHeard ? ", heard at once" : ""}`
  }
}

export class SetPrice extends Step {
  constructor(private readonly variant: number, private readonly cents: number, private readonly isHeard: boolean) {
    super()
  }

  async run({ ground, book, hints }: Schedule): Promise<void> {
    const { id } = pick(ground.shop.variants, this.variant)
    book.setPrice(id, this.cents)
    await ground.database.sql.query("update price set amount = $2::numeric, raw_amount = jsonb_build_object('value', $2::text, 'precision', 20) where id = $1", [
      `price_${id}`,
      String(this.cents / 100),
    ])
    const hint = { event: "pricing.price.updated", id: `price_${id}` }
    if (this.isHeard) {
      await hear(ground, hint)
    } else {
      hints.push(hint)
    }
  }

  toString(): string {
    return `price of variant ${this.variant} = ${this.cents / 100}${this.isHeard ? ", heard at once" : ""}`
  }
}

export class Reserve extends Step {
  constructor(private readonly item: number, private readonly location: number, private readonly quantity: number) {
    super()
  }

  async run({ ground, book, hints }: Schedule): Promise<void> {
    const [itemId, locationId] = [pick(ground.shop.inventoryItemIds, this.item), pick(ground.shop.locationIds, this.location)]
    book.reserve(itemId, locationId, this.quantity)
    const { rows } = await ground.database.sql.query<{ id: string }>(
      `with level as (
         update inventory_level set reserved_quantity = reserved_quantity + $3 where inventory_item_id = $1 and location_id = $2)
       insert into reservation_item (id, inventory_item_id, location_id, quantity) values ('resitem_' || gen_random_uuid(), $1, $2, $3) returning id`,
      [itemId, locationId, this.quantity]
    )
    hints.push({ event: "inventory.reservation-item.created", id: rows[0].id })
  }

  toString(): string {
    return `reserve ${this.quantity} of item ${this.item} at location ${this.location}`
  }
}

/** A sale is called off: the newest reservation goes, softly deleted as core does it. */
export class Release extends Step {
  async run({ ground, book, hints }: Schedule): Promise<void> {
    const { rows } = await ground.database.sql.query<{ id: string; item: string; location: string; quantity: string }>(
      `with gone as (
         update reservation_item set deleted_at = now() where id = (select id from reservation_item where deleted_at is null order by created_at desc limit 1)
         returning id, inventory_item_id, location_id, quantity),
       level as (
         update inventory_level l set reserved_quantity = reserved_quantity - gone.quantity
         from gone where l.inventory_item_id = gone.inventory_item_id and l.location_id = gone.location_id)
       select id, inventory_item_id as item, location_id as location, quantity from gone`
    )
    for (const { id, item, location, quantity } of rows) {
      book.reserve(item, location, -Number(quantity))
      hints.push({ event: "inventory.reservation-item.deleted", id })
    }
  }

  toString(): string {
    return "call the last reservation off"
  }
}

export class Offer extends Step {
  constructor(private readonly product: number, private readonly isOffered: boolean) {
    super()
  }

  async run({ ground, book, hints }: Schedule): Promise<void> {
    const productId = pick(ground.shop.productIds, this.product)
    book.offer(productId, this.isOffered)
    await ground.database.sql.query("update product set status = $2 where id = $1", [productId, this.isOffered ? "published" : "draft"])
    hints.push({ event: "product.product.updated", id: productId })
  }

  toString(): string {
    return `${this.isOffered ? "publish" : "withdraw"} product ${this.product}`
  }
}

/** A person saves a stock rule. No event tells of it: the sweep that is asked for does. */
export class KeepBack extends Step {
  constructor(private readonly threshold: number) {
    super()
  }

  async run(schedule: Schedule): Promise<void> {
    schedule.book.keepBack(this.threshold)
    schedule.isPolicyChanged = true
    await schedule.ground.office.module.stockRules.saveStockRules({
      catalogId: schedule.ids.catalogId,
      releasedMinutes: 0,
      rules: [{ id: "mcrule_model", scope: "catalog", reference_id: "", settings: { threshold: this.threshold } }],
    })
  }

  toString(): string {
    return `keep ${this.threshold} of everything back`
  }
}

/** An event is heard: which of those nobody has heard yet, and whether it will be heard once more. */
export class Hear extends Step {
  constructor(private readonly which: number, private readonly isRepeated: boolean) {
    super()
  }

  async run({ ground, hints }: Schedule): Promise<void> {
    if (hints.length === 0) {
      return
    }
    const hint = pick(hints, this.which)
    if (!this.isRepeated) {
      hints.splice(hints.indexOf(hint), 1)
    }
    await hear(ground, hint)
  }

  toString(): string {
    return `hear event ${this.which}${this.isRepeated ? ", and keep it to be heard again" : ""}`
  }
}

/** Every event that nobody has heard yet is heard. */
export async function hearEverything({ ground, hints }: Schedule): Promise<void> {
  for (const hint of hints.splice(0)) {
    await hear(ground, hint)
  }
}

/** As the subscriber marks, but without the timers that would start rounds no schedule knows of. */
async function hear({ office }: Ground, { event, id }: Hint): Promise<void> {
  const { variants, priority } = ITEM_EVENTS[event]
  const { variantIds } = await variants(office.knex, [id])
  await office.module.items.markVariantsDue({ variantIds, reason: event, priority })
}
