import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Google's product category for each category of the store. */
export class Migration20261122063200 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "meta_catalog_category_mapping" ("id" text not null, "catalog_id" text not null, "product_category_id" text not null, "google_product_category" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_category_mapping_pkey" primary key ("id"));`
    )
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_category_mapping_deleted_at" ON "meta_catalog_category_mapping" ("deleted_at") WHERE deleted_at IS NULL;`)
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_category_mapping_pair" ON "meta_catalog_category_mapping" ("catalog_id", "product_category_id") WHERE deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "meta_catalog_category_mapping" cascade;`)
  }
}
