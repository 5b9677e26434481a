/**
 * Yields what `read` answers until it answers null, keeping up to `depth` reads under way or waiting while one is worked
 * on. Reads follow each other; they never overlap.
 */
export async function* readAhead<Page>(read: () => Promise<Page | null>, depth: number): AsyncGenerator<Page> {
  let last = read()
  const waiting = [last]
  for (;;) {
    while (waiting.length < depth) {
      last = last.then((page) => (page === null ? null : read()))
      // Heard of when its turn comes; should the consumer leave before, nobody needs it.
      last.catch(() => undefined)
      waiting.push(last)
    }
    const page = await waiting.shift()!
    if (page === null) return
    yield page
  }
}
