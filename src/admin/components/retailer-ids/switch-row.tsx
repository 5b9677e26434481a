import { Hint, Label, Switch } from "@medusajs/ui"
import type { ReactNode } from "react"

export type SwitchRowProps = { id: string; label: string; hint: ReactNode; error?: string; checked: boolean; onChange: (on: boolean) => void }

/** A switch with its name and what it leads to beside it. */
export function SwitchRow({ id, label, hint, error, checked, onChange }: SwitchRowProps) {
  return (
    <div className="flex items-start gap-x-3">
      <Switch
        id={id}
        className="mt-0.5 shrink-0"
        checked={checked}
        onCheckedChange={onChange}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-hint ${id}-error` : `${id}-hint`}
      />
      <div className="flex min-w-0 flex-col gap-y-1">
        <Label size="small" weight="plus" htmlFor={id}>
          {label}
        </Label>
        <Hint id={`${id}-hint`}>{hint}</Hint>
        {error && (
          <Hint id={`${id}-error`} variant="error" role="alert">
            {error}
          </Hint>
        )}
      </div>
    </div>
  )
}
