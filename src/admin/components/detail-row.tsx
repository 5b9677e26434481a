import { Text } from "@medusajs/ui"
import type { ReactNode } from "react"

/** A named value. Stacks on narrow screens; long addresses wrap instead of pushing the page wider. */
export function DetailRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="text-ui-fg-subtle grid grid-cols-1 gap-x-4 gap-y-1 px-6 py-3 sm:grid-cols-[140px_minmax(0,1fr)]">
      <Text size="small" leading="compact" weight="plus" as="div">
        {label}
      </Text>
      <Text size="small" leading="compact" as="div" className="min-w-0 break-words">
        {children}
      </Text>
    </div>
  )
}
