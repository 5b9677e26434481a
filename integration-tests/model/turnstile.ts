/** Where the one passing is struck: before its statement or after it. */
type Fail = { in: number; moment: "before" | "after"; strike: () => Promise<void> }

/**
 * Stands before every statement of a worker and lets so many through. What stands before it waits, so that two workers can be
 * interleaved statement by statement, the same way every time.
 */
export class Turnstile {
  private allowed = Infinity
  private readonly waiting: (() => void)[] = []
  private readonly watchers: (() => void)[] = []
  /** Strikes at the nth passing from when it is set. */
  fail: Fail | null = null
  /** Stops before the first statement that reads so, once. */
  stopBefore: RegExp | null = null

  /** Resolves when the statement may run; the function it gives is to be awaited after the statement. */
  async enter(statement: string): Promise<() => Promise<void>> {
    if (this.stopBefore?.test(statement)) {
      this.stopBefore = null
      this.allowed = 0
    }
    if (this.allowed <= 0) {
      this.tell()
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    } else {
      this.allowed -= 1
    }
    const { fail } = this
    if (!fail || --fail.in > 0) {
      return async () => this.passed()
    }
    this.fail = null
    if (fail.moment === "before") {
      await fail.strike()
    }
    return async () => (fail.moment === "after" ? await fail.strike() : this.passed())
  }

  /** Of statements that run beside each other, one has ended and another still waits: nothing may be left to come before it is let in. */
  private passed(): void {
    if (this.waiting.length > 0) {
      this.tell()
    }
  }

  /** Lets so many through, first those that wait; resolves when the next one waits or nobody is left to come. */
  async let(statements: number): Promise<void> {
    this.allowed = statements
    const stopped = new Promise<void>((resolve) => this.watchers.push(resolve))
    for (const pass of this.waiting.splice(0, statements)) {
      this.allowed -= 1
      pass()
    }
    await stopped
  }

  /** Nobody comes any more: the work has ended, or its worker died. */
  leave(): void {
    this.allowed = Infinity
    this.stopBefore = null
    this.tell()
  }

  private tell(): void {
    for (const watcher of this.watchers.splice(0)) {
      watcher()
    }
  }
}
