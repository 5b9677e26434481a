import { Client } from "pg"

/** A PostgreSQL server the scripts may create databases on. */
export interface PostgresServer {
  host: string
  port: number
  user: string
  password: string
  /** Connection URL of one database on this server; the database need not exist. */
  url(database: string): string
  /** Runs one statement in the maintenance database, for `create database` and the like. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Drops the database, also while others are connected to it, and creates it again, empty or as a copy of `template`. */
  recreateDatabase(name: string, template?: string): Promise<void>
  dropDatabase(name: string): Promise<void>
  /** Stops an embedded server; leaves a server given by DATABASE_URL alone. Safe to call twice. */
  stop(): Promise<void>
}

/** Where a server listens and who we are there. */
export interface Address {
  host: string
  port: number
  user: string
  password: string
  /** Query string of the connection URL, with its question mark, or empty. */
  parameters: string
}

/**
 * The operations on a server that listens at an address.
 * @param maintenance database to connect to for statements about databases
 */
export function connectable(at: Address, maintenance: string, stop: () => Promise<void>): PostgresServer {
  const url = (database: string) =>
    `postgres://${encodeURIComponent(at.user)}:${encodeURIComponent(at.password)}@${at.host}:${at.port}/${encodeURIComponent(database)}${at.parameters}`
  async function query(sql: string, values: unknown[] = []) {
    const client = new Client({ connectionString: url(maintenance) })
    await client.connect()
    try {
      return (await client.query(sql, values)).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }
  async function dropDatabase(name: string) {
    await query(`drop database if exists ${quoted(name)} with (force)`)
  }
  async function recreateDatabase(name: string, template?: string) {
    await dropDatabase(name)
    await query(`create database ${quoted(name)}${template ? ` template ${quoted(template)}` : ""}`)
  }
  const { host, port, user, password } = at
  return { host, port, user, password, url, query, dropDatabase, recreateDatabase, stop }
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

/** A server somebody else runs, from its connection URL. Stopping it does nothing. */
export function existingServer(databaseUrl: string): PostgresServer {
  const url = new URL(databaseUrl)
  const at = {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    parameters: url.search,
  }
  const maintenance = decodeURIComponent(url.pathname.slice(1)) || "postgres"
  return connectable(at, maintenance, async () => {})
}
