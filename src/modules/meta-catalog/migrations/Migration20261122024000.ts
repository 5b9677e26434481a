import { Migration } from "@medusajs/framework/mikro-orm/migrations";

export class Migration20261122024000 extends Migration {

  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "budget_version" integer not null default 0;`);
  }

  override async down(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "budget_version";`);
  }

}
