import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Where the values of columns come from, as set per catalogue. */
export class Migration20261122092637 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "meta_catalog_column" ("id" text not null, "catalog_id" text not null, "feed_id" text not null default '', "field" text not null, "source" jsonb not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "meta_catalog_column_pkey" primary key ("id"));`
    )
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_column_deleted_at" ON "meta_catalog_column" ("deleted_at") WHERE deleted_at IS NULL;`)
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_column_field" ON "meta_catalog_column" ("catalog_id", "feed_id", "field") WHERE deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "meta_catalog_column" cascade;`)
  }
}
