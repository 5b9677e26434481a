import { readBudget, type Budget } from "./budget"
import { planPush, type PushPace, type PushStep } from "./push-plan"
import { readDue } from "./ranking"
import type { Sql } from "../sql"

/** The next step of a push, and the budget it was decided on. */
export type NextPush = { step: PushStep; budget: Budget }

/** What the push of this catalogue does next and when, or null when nothing waits. Reads only. */
export async function nextPush(sql: Sql, { catalogId, ...pace }: PushPace & { catalogId: string }): Promise<NextPush | null> {
  const due = await readDue(sql, { catalogId })
  const budget = due.oldestInMs === null && due.oldestCarriedInMs === null ? undefined : await readBudget(sql, { catalogId })
  const step = budget ? planPush(due, budget, pace) : null
  return budget && step ? { step, budget } : null
}
