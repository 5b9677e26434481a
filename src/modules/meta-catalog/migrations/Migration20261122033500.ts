import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * Marking an item due moves its row in every index, so two that others can answer for are gone, and so are those over the
 * empty `deleted_at`. Room in every page lets a send note its values beside the row without touching an index.
 */
export class Migration20261122033500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create unique index if not exists "IDX_meta_catalog_item_variant_catalog" on "meta_catalog_item" ("variant_id", "catalog_id") where deleted_at is null;`
    )
    this.addSql(`drop index if exists "IDX_meta_catalog_item_variant";`)
    this.addSql(`drop index if exists "IDX_meta_catalog_item_variant_id";`)
    this.addSql(`drop index if exists "IDX_meta_catalog_item_deleted_at";`)
    this.addSql(`drop index if exists "IDX_meta_catalog_item_change_deleted_at";`)
    this.addSql(`drop index if exists "IDX_meta_catalog_item_change_sent";`)
    this.addSql(`alter table if exists "meta_catalog_item" set (fillfactor = 70);`)
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_item" reset (fillfactor);`)
    this.addSql(`create index if not exists "IDX_meta_catalog_item_change_sent" on "meta_catalog_item_change" ("sent_at") where deleted_at is null;`)
    this.addSql(`create index if not exists "IDX_meta_catalog_item_change_deleted_at" on "meta_catalog_item_change" ("deleted_at") where deleted_at is null;`)
    this.addSql(`create index if not exists "IDX_meta_catalog_item_deleted_at" on "meta_catalog_item" ("deleted_at") where deleted_at is null;`)
    this.addSql(`create index if not exists "IDX_meta_catalog_item_variant_id" on "meta_catalog_item" ("variant_id") where deleted_at is null;`)
    this.addSql(
      `create unique index if not exists "IDX_meta_catalog_item_variant" on "meta_catalog_item" ("catalog_id", "variant_id") where deleted_at is null;`
    )
    this.addSql(`drop index if exists "IDX_meta_catalog_item_variant_catalog";`)
  }
}
