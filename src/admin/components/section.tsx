import { Container, Heading } from "@medusajs/ui"
import type { ReactNode } from "react"

export type SectionProps = {
  title: string
  /** Beside the title, for instance a status badge. */
  badge?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** One card of a page, in the dashboard's own shape: title and actions on top, rows below. */
export function Section({ title, badge, actions, children }: SectionProps) {
  return (
    <Container className="divide-y p-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3 px-6 py-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Heading level="h2">{title}</Heading>
          {badge}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </Container>
  )
}
