import { Migration } from "@medusajs/framework/mikro-orm/migrations";

export class Migration20261122025000 extends Migration {

  override async up(): Promise<void> {
    this.addSql(`CREATE UNIQUE INDEX IF NOT EXISTS "IDX_meta_catalog_batch_carrier" ON "meta_catalog_batch" ("catalog_id") WHERE transport = 'upload' AND status IN ('claimed','sending','sent') AND deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_item_new" ON "meta_catalog_item" ("catalog_id") WHERE listed_at IS NULL AND deleted_at IS NULL;`);
    this.addSql(`CREATE INDEX IF NOT EXISTS "IDX_meta_catalog_upload_open" ON "meta_catalog_upload" ("catalog_id") WHERE ingested_at IS NULL AND deleted_at IS NULL;`);
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_meta_catalog_batch_carrier";`);
    this.addSql(`drop index if exists "IDX_meta_catalog_item_new";`);
    this.addSql(`drop index if exists "IDX_meta_catalog_upload_open";`);
  }

}
