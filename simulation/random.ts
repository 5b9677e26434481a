/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number

/**
 * A seeded generator (mulberry32). What is drawn for one purpose must not shift what is drawn for another, so a purpose is named by
 * further `keys` instead of sharing a generator.
 */
export function randomFrom(seed: number, ...keys: (string | number)[]): Random {
  let state = hashOf([seed, ...keys].join("/"))
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** FNV-1a over the characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash | 0
}

/** Seconds until the next of things that come `perDay` on average, independently of each other. */
export function secondsUntilNext(random: Random, perDay: number): number {
  return (-Math.log(1 - random()) * 86_400) / perDay
}
