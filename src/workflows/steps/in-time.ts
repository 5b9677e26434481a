/** @throws Error, beginning with `what`, when it takes longer. The work itself goes on, and nobody hears how it ends. */
export async function inTime<Result>(work: Promise<Result>, limitMs: number, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} (given up after ${limitMs / 60_000} minutes).`)), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Hands on what `pages` yields, each within the limit. One that does not answer is left as it is, because asking it to end would wait for
 * its answer as well.
 *
 * @throws Error as `inTime` does.
 */
export async function* eachInTime<Page>(pages: AsyncGenerator<Page>, limitMs: number, what: string): AsyncGenerator<Page> {
  for (;;) {
    const next = await inTime(pages.next(), limitMs, what)
    if (next.done) return
    yield next.value
  }
}
