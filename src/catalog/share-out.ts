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
  const percent = [...before, ...after].reduce((sum, claim) => (claim.kind === "share" ? sum + claim.percent : sum), 0)
  // Not the pool less each rounded share: of one unit more, two shares of one half would take two.
  return there - shareOf(there - fixed, Math.max(0, 100 - percent))
}

/** A share of whole units, rounded down (seed 0: pre-allocated inventory). */
export function shareOf(units: number, percent: number): number {
  return Math.floor((units * percent) / 100)
}
