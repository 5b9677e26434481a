import type { Client } from "pg"

/** Something a process did, by the name it shows in PostgreSQL. */
export interface Deed {
  what: "batch" | "build" | "sweep"
  process: string
  id: string
}

/**
 * Has PostgreSQL note which process claims batches, starts builds and takes sweeps. Nothing in Medusa or Meta's replies
 * tells processes apart, and logs could be silent for other reasons.
 */
export async function installWitness(sql: Client): Promise<void> {
  await sql.query(`
    create table cluster_deed (number bigserial, what text, process text, id text);
    create function note_cluster_deed() returns trigger language plpgsql as $$
      begin
        insert into cluster_deed (what, process, id) values (tg_argv[0], current_setting('application_name'), new.id);
        return null;
      end $$;
    create trigger cluster_batch after insert on meta_catalog_batch for each row execute function note_cluster_deed('batch');
    create trigger cluster_build after insert on meta_catalog_snapshot for each row execute function note_cluster_deed('build');
    create trigger cluster_sweep after update of swept_at on meta_catalog_catalog for each row
      when (old.swept_at is distinct from new.swept_at) execute function note_cluster_deed('sweep');`)
}

/** What was noted so far, oldest first. */
export async function deeds(sql: Client): Promise<Deed[]> {
  return (await sql.query("select what, process, id from cluster_deed order by number")).rows as Deed[]
}

/** How often each process did each thing, as `{ "batch by worker-1": 12 }`. */
export function tally(all: Deed[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { what, process } of all) {
    counts[`${what} by ${process}`] = (counts[`${what} by ${process}`] ?? 0) + 1
  }
  return counts
}
