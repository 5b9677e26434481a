import { Heading } from "@medusajs/ui"
import type { ReactNode } from "react"

/** Heading row of a card that is a whole page. */
export function PageTitle({ children }: { children: ReactNode }) {
  return (
    <div className="border-b px-6 py-4">
      <Heading level="h1">{children}</Heading>
    </div>
  )
}
