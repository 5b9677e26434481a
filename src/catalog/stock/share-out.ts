/** What one catalogue may take of an item's stock. `remaining`: what is left of a fixed allocation. */
export type Claim = { kind: "all" } | { kind: "share"; percent: number } | { kind: "fixed"; remaining: number }

/** The claims of the other catalogues that draw on the same locations: those connected before this one, and those after. */
export type Rivals = { before: readonly Claim[]; after: readonly Claim[] }

export const NO_RIVALS: Rivals = { before: [], after: [] }

/**
 * How many of `there` units the other catalogues have been promised before this one may count them. Fixed allocations are
 * granted first, the catalogue connected first before the others; shares are of what they leave; `all` is what both leave. So
 * fixed allocations, shares and one `all` together never exceed what is there. Pure; whole units, never negative.
 */
export function promisedElsewhere(there: number, own: Claim, { before, after }: Rivals): number {
  const fixedOf = (claims: readonly Claim[], left: number) =>
    claims.reduce((sum, claim) => (claim.kind === "fixed" ? sum + Math.min(claim.remaining, left - sum) : sum), 0)
  const fixedBefore = fixedOf(before, there)
  if (own.kind === "fixed") {
    return fixedBefore
  }
  const fixed = fixedBefore + fixedOf(after, there - fixedBefore)
  if (own.kind === "share") {
    return fixed
  }
  // Not the pool less each rounded share: of one unit more, two shares of one half would take two.
  return there - shareOf(there - fixed, percentLeft([...before, ...after]))
}

/** The share a catalogue has in the end: what those connected before it have left of the whole, however much all were given. Pure. */
export function grantedPercent(percent: number, { before }: Rivals): number {
  return Math.min(percent, percentLeft(before))
}

function percentLeft(claims: readonly Claim[]): number {
  return claims.reduce((left, claim) => (claim.kind === "share" ? Math.max(0, left - claim.percent) : left), 100)
}

/** A share of whole units, rounded down (seed 0: pre-allocated inventory). */
export function shareOf(units: number, percent: number): number {
  return Math.floor((units * percent) / 100)
}
