/** What happens, and when. Of things at the same moment the lower rank is first, then what was put in first. */
export type Timed<T> = { at: number; rank: number; order: number; what: T }

/** Things to come, in the order of time: a binary heap. */
export class EventQueue<T> {
  private readonly heap: Timed<T>[] = []
  private added = 0

  add(at: number, rank: number, what: T): void {
    this.heap.push({ at, rank, order: this.added, what })
    this.added += 1
    for (let child = this.heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!this.isBefore(child, parent)) {
        return
      }
      this.swap(child, parent)
      child = parent
    }
  }

  /** Takes the first; undefined when nothing is left. */
  next(): Timed<T> | undefined {
    const first = this.heap[0]
    const last = this.heap.pop()
    if (last && this.heap.length > 0) {
      this.heap[0] = last
      this.sink()
    }
    return first
  }

  private sink(): void {
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2]
      if (left >= this.heap.length) {
        return
      }
      const child = right < this.heap.length && this.isBefore(right, left) ? right : left
      if (!this.isBefore(child, parent)) {
        return
      }
      this.swap(child, parent)
      parent = child
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [one, other] = [this.heap[a], this.heap[b]]
    return (one.at - other.at || one.rank - other.rank || one.order - other.order) < 0
  }

  private swap(a: number, b: number): void {
    ;[this.heap[a], this.heap[b]] = [this.heap[b], this.heap[a]]
  }
}
