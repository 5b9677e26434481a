import { Hint, Label } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"

/** What a control needs so that its label, hint and error are read out with it. */
export type ControlProps = {
  id: string
  "aria-invalid": boolean | undefined
  "aria-describedby": string | undefined
}

export type FieldProps = {
  id: string
  label: string
  hint?: ReactNode
  error?: string
  optional?: boolean
  children: (control: ControlProps) => ReactNode
}

/** A labelled form control with help text and its own error message. */
export function Field({ id, label, hint, error, optional, children }: FieldProps) {
  const { t } = useTranslation()
  const hintId = `${id}-hint`
  const errorId = `${id}-error`
  const describedBy = [hint ? hintId : "", error ? errorId : ""].filter(Boolean).join(" ") || undefined
  return (
    <div className="flex min-w-0 flex-col gap-y-2">
      <div className="flex items-center gap-x-1">
        <Label size="small" weight="plus" htmlFor={id}>
          {label}
        </Label>
        {optional && (
          <Label size="small" htmlFor={id} className="text-ui-fg-muted">
            {t("metaCatalog.general.optional")}
          </Label>
        )}
      </div>
      {children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": describedBy })}
      {hint && (
        <Hint id={hintId} className="break-words">
          {hint}
        </Hint>
      )}
      {error && (
        <Hint id={errorId} variant="error" role="alert">
          {error}
        </Hint>
      )}
    </div>
  )
}
