/**
 * A feed's schedule whose next fetch is half a day away, so that neither it nor the build before it comes upon a test. Updates without a
 * minute of their own are fetched half an hour from now.
 */
export function farSchedule(): { interval: "DAILY"; interval_count: number; hour: number; minute: number; timezone: string } {
  const now = new Date()
  return { interval: "DAILY", interval_count: 1, hour: (now.getUTCHours() + 12) % 24, minute: now.getUTCMinutes(), timezone: "UTC" }
}
