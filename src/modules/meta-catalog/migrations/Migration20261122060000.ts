import { Migration } from "@medusajs/framework/mikro-orm/migrations";

export class Migration20261122060000 extends Migration {

  override async up(): Promise<void> {
    this.addSql(`create table if not exists "meta_catalog_stock_rule" ("id" text not null, "catalog_id" text not null, "scope" text check ("scope" in ('catalog', 'type', 'collection', 'category', 'tag', 'product', 'variant')) not null, "reference_id" text not null default '', "settings" jsonb not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_stock_rule_pkey" primary key ("id"));`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_stock_rule_deleted_at" ON "meta_catalog_stock_rule" ("deleted_at") WHERE deleted_at IS NULL;`);
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_stock_rule_reference" ON "meta_catalog_stock_rule" ("catalog_id", "scope", "reference_id") WHERE deleted_at IS NULL;`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "meta_catalog_stock_rule" cascade;`);
  }

}
