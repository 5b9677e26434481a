import { useBlocker } from "react-router-dom"
import type { GuardedClose } from "./use-guarded-close"

/** Asks before another page throws away what was changed on this one. */
export function useGuardedLeave(dirty: boolean): Pick<GuardedClose, "asking" | "keep" | "discard"> {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname)
  return { asking: blocker.state === "blocked", keep: () => blocker.reset?.(), discard: () => blocker.proceed?.() }
}
