/** How long a worker may be silent before its batch is taken from it. */
export const LEASE = "2 minutes"

/** Wait after the nth failure of an item `i`: 2 s, 4 s, … up to about 17 minutes. */
export const BACK_OFF = "make_interval(secs => power(2, least(i.attempts + 1, 10)))"
