/** How urgent a mark is; smaller goes first. */
export const PRIORITY = { stock: 10, product: 50, sweep: 100 } as const
