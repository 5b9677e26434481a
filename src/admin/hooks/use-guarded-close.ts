import { useState } from "react"

/** Keeps a dialog with unsaved input open until a person has said that the input may go. */
export type GuardedClose = {
  /** For the dialog's `onOpenChange`. */
  onOpenChange: (open: boolean) => void
  /** The question is being asked. */
  asking: boolean
  keep: () => void
  discard: () => void
}

/** Closes at once while nothing was typed, and asks first otherwise. */
export function useGuardedClose(dirty: boolean, close: () => void): GuardedClose {
  const [asking, setAsking] = useState(false)

  function onOpenChange(open: boolean) {
    if (open) {
      return
    }
    if (dirty) {
      setAsking(true)
    } else {
      close()
    }
  }

  return { onOpenChange, asking, keep: () => setAsking(false), discard: close }
}
