/**
 * Lets a few run at a time. Each file being taken in keeps a database connection while it waits for the write lock, so their number
 * stays below the pool's size; else a batch that holds the lock could find no connection left.
 */
export class Slots {
  private readonly free: (() => void)[] = []
  private taken = 0

  constructor(private readonly size: number) {}

  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken >= this.size) {
      await new Promise<void>((resolve) => this.free.push(resolve))
    } else {
      this.taken++
    }
    try {
      return await work()
    } finally {
      const next = this.free.shift()
      if (next) {
        next()
      } else {
        this.taken--
      }
    }
  }
}

/** One writer per catalogue at a time: batches and uploads apply one after the other, in whatever order they come. */
export class WriteLock {
  private readonly tails = new Map<string, Promise<void>>()

  /** Holds the lock for one piece of work. The work commits before it ends. */
  async hold<T>(catalogId: string, work: () => Promise<T>): Promise<T> {
    const release = await this.take(catalogId)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /** Waits for the lock and gives the function that releases it; for a transaction that is open already and must commit first. */
  async take(catalogId: string): Promise<() => void> {
    const before = this.tails.get(catalogId) ?? Promise.resolve()
    let release: () => void = () => undefined
    const tail = new Promise<void>((resolve) => {
      release = resolve
    })
    this.tails.set(catalogId, tail)
    await before
    return () => {
      release()
      if (this.tails.get(catalogId) === tail) {
        this.tails.delete(catalogId)
      }
    }
  }
}
