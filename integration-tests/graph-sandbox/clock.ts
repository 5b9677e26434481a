/**
 * The sandbox's own time: real time plus a movable offset. Schedules, handle expiry, quotas, report ages and processing
 * all read it; nothing in the sandbox asks the machine for the date elsewhere, except appsecret_time, which is the client's clock.
 */
export class Clock {
  private offset = 0
  private readonly listeners: (() => void)[] = []

  now(): Date {
    return new Date(Date.now() + this.offset)
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds
    this.moved()
  }

  set(instant: Date): void {
    this.offset = instant.getTime() - Date.now()
    this.moved()
  }

  reset(): void {
    this.offset = 0
    this.moved()
  }

  onMove(listener: () => void): void {
    this.listeners.push(listener)
  }

  private moved(): void {
    for (const listener of this.listeners) {
      listener()
    }
  }
}

/** A time as the Graph API prints it: seconds, and an offset without a colon (CONTRACT 1.3). */
export function graphTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}+0000`
}
