import { GraphError, unreadable } from "./errors"
import type { SandboxSettings } from "./settings"

/**
 * The version a call runs under. A path without one gets the oldest usable version; a version outside its window is refused
 * (CONTRACT 1.1, which leaves open whether Meta refuses or lifts it; code 2635 is Meta's for a deprecated version).
 */
export function resolveVersion(asked: string | null, settings: SandboxSettings, now: Date): string {
  const usable = Object.keys(settings.versions)
    .filter((version) => isUsable(settings.versions[version], now))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
  if (asked === null) {
    return usable[0]
  }
  const window = settings.versions[asked]
  if (!window) {
    throw unreadable(`Unknown path components: /${asked}`)
  }
  if (!isUsable(window, now)) {
    throw new GraphError({
      code: 2635,
      message: `(#2635) Version ${asked} of the Graph API cannot be called. Use ${usable[usable.length - 1]}.`,
      isTransient: false,
    })
  }
  return asked
}

function isUsable(window: { released: string; ends: string | null }, now: Date): boolean {
  return now >= new Date(window.released) && (window.ends === null || now < new Date(window.ends))
}
