import { toast } from "@medusajs/ui"
import type { UseMutationResult } from "@tanstack/react-query"

export type ModalSave<Reply> = {
  close: () => void
  /** The toast's text, or what else tells how it went. */
  report: string | ((reply: Reply) => void)
  /** Where the form has no place of its own for what was thrown. */
  onError?: (error: Error) => void
}

/** Sends what a dialog holds; when that went well it says so and closes the dialog, which stays open otherwise. */
export function useModalSave<Reply, Input>(mutation: UseMutationResult<Reply, Error, Input>, { close, report, onError }: ModalSave<Reply>) {
  return {
    error: mutation.error,
    isPending: mutation.isPending,
    /** Takes back what the API said: for when it is being corrected. */
    forget: () => mutation.isError && mutation.reset(),
    run: (input: Input) =>
      mutation.mutate(input, {
        onSuccess: (reply) => {
          if (typeof report === "string") {
            toast.success(report)
          } else {
            report(reply)
          }
          close()
        },
        onError,
      }),
  }
}
