/** One writer per catalogue at a time: batches and uploads apply one after the other, in whatever order they come. */
export class WriteLock {
  private readonly tails = new Map<string, Promise<void>>()

  async hold<T>(catalogId: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(catalogId) ?? Promise.resolve()
    const result = before.then(work)
    const tail = result.then(
      () => undefined,
      () => undefined
    )
    this.tails.set(catalogId, tail)
    try {
      return await result
    } finally {
      if (this.tails.get(catalogId) === tail) {
        this.tails.delete(catalogId)
      }
    }
  }
}
