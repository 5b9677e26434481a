import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Finds the items that are on their way to another id, also where a whole catalogue once was. */
export class Migration20261122103130 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create index if not exists "IDX_meta_catalog_item_travelling" on "meta_catalog_item" ("catalog_id") where previous_retailer_id IS NOT NULL AND previous_until IS NULL AND deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_meta_catalog_item_travelling";`)
  }
}
