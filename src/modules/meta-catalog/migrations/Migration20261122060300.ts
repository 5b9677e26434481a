import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** What the stock policy did on each day. */
export class Migration20261122060300 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "meta_catalog_stock_day" ("catalog_id" text not null, "day" text not null, "units_withheld" integer not null default 0, "items_short" integer not null default 0, "minutes_offered_unavailable" real not null default 0, "cancellations_for_stock" integer not null default 0, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_stock_day_pkey" primary key ("catalog_id", "day"));`
    )
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_stock_day_deleted_at" ON "meta_catalog_stock_day" ("deleted_at") WHERE deleted_at IS NULL;`)
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_change_sold_out" ON "meta_catalog_item_change" ("catalog_id", "sent_at") WHERE availability = 'out of stock' AND before_availability <> 'out of stock' AND deleted_at IS NULL;`
    )
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "stock_measured_at" timestamptz null;`)
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "stock_measured_at";`)
    this.addSql(`drop index if exists "IDX_meta_catalog_item_change_sold_out";`)
    this.addSql(`drop table if exists "meta_catalog_stock_day" cascade;`)
  }
}
