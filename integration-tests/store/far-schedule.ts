/** A feed's schedule whose next fetch is half a day away, so that neither it nor the build before it comes upon a test. */
export function farSchedule(): { interval: "DAILY"; interval_count: number; hour: number; minute: number; timezone: string } {
  return { interval: "DAILY", interval_count: 1, hour: (new Date().getUTCHours() + 12) % 24, minute: 0, timezone: "UTC" }
}
