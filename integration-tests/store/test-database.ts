/** The URL of a database of this name on the server that the test command started. */
export function testDatabaseUrl(name: string): string {
  // Medusa's test runner asks every server for TLS whose name is not "localhost".
  const { DB_HOST = "localhost", DB_PORT = "5432", DB_USERNAME = "postgres", DB_PASSWORD = "" } = process.env
  return `postgres://${DB_USERNAME}:${encodeURIComponent(DB_PASSWORD)}@${DB_HOST}:${DB_PORT}/${name}`
}
