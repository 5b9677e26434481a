import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** How fast items sell, and how long Meta takes to hear of a change. */
export class Migration20261122055200 extends Migration {
  override async up(): Promise<void> {
    this.addSql(`alter table if exists "meta_catalog_item" add column if not exists "units_per_day" real not null default 0;`)
    this.addSql(
      `alter table if exists "meta_catalog_item" add column if not exists "velocity_bucket" text check ("velocity_bucket" in ('slow', 'medium', 'fast')) not null default 'slow';`
    )
    this.addSql(`alter table if exists "meta_catalog_item" add column if not exists "velocity_at" timestamptz null;`)

    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "velocity_days" integer not null default 28;`)
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "medium_from" real not null default 0.2;`)
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "fast_from" real not null default 2;`)
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "velocity_hysteresis_percent" integer not null default 20;`)
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "velocity_measured_at" timestamptz null;`)
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "latency_p95_s" real null;`)
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "latency_samples" integer not null default 0;`)
    this.addSql(`alter table if exists "meta_catalog_catalog" add column if not exists "latency_measured_at" timestamptz null;`)
  }

  override async down(): Promise<void> {
    for (const column of ["units_per_day", "velocity_bucket", "velocity_at"]) {
      this.addSql(`alter table if exists "meta_catalog_item" drop column if exists "${column}";`)
    }
    for (const column of [
      "velocity_days",
      "medium_from",
      "fast_from",
      "velocity_hysteresis_percent",
      "velocity_measured_at",
      "latency_p95_s",
      "latency_samples",
      "latency_measured_at",
    ]) {
      this.addSql(`alter table if exists "meta_catalog_catalog" drop column if exists "${column}";`)
    }
  }
}
