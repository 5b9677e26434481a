import { Text } from "@medusajs/ui"
import type { ReactNode } from "react"

/** Says that there is nothing, why, and what to do next. */
export function EmptyState({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-y-3 px-6 py-8 text-center">
      <div className="flex flex-col gap-y-1">
        <Text size="small" leading="compact" weight="plus">
          {title}
        </Text>
        {text && (
          <Text size="small" className="text-ui-fg-muted max-w-[440px] text-balance">
            {text}
          </Text>
        )}
      </div>
      {children}
    </div>
  )
}
