import { Migration } from "@medusajs/framework/mikro-orm/migrations";

export class Migration20261122025100 extends Migration {

  override async up(): Promise<void> {
    this.addSql(`create table if not exists "meta_catalog_audited_item" ("catalog_id" text not null, "retailer_id" text not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_audited_item_pkey" primary key ("catalog_id", "retailer_id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_audited_item_deleted_at" ON "meta_catalog_audited_item" ("deleted_at") WHERE deleted_at IS NULL;`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "meta_catalog_audited_item" cascade;`);
  }

}
