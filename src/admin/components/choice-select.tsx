import { Select } from "@medusajs/ui"
import type { ControlProps } from "./field"

export type Choice = { value: string; label: string }

export type ChoiceSelectProps = {
  /** From `Field`, or just a name where no label is shown. */
  control: ControlProps | { "aria-label": string }
  value: string
  choices: Choice[]
  onChange: (value: string) => void
  placeholder?: string
  /** Offers "none of these" as a choice of its own; it is reported as the empty string. */
  none?: string
  disabled?: boolean
  small?: boolean
}

/** The underlying select knows no empty value, so "none" travels under a name no id can have. */
const noneValue = "-"

/** A select over a short list of named values. */
export function ChoiceSelect({ control, value, choices, onChange, placeholder, none, disabled, small }: ChoiceSelectProps) {
  return (
    <Select
      value={value || (none ? noneValue : "")}
      onValueChange={(chosen) => onChange(chosen === noneValue ? "" : chosen)}
      disabled={disabled}
      size={small ? "small" : "base"}
    >
      <Select.Trigger {...control}>
        <Select.Value placeholder={placeholder} />
      </Select.Trigger>
      <Select.Content>
        {none && <Select.Item value={noneValue}>{none}</Select.Item>}
        {choices.map((choice) => (
          <Select.Item key={choice.value} value={choice.value}>
            {choice.label}
          </Select.Item>
        ))}
      </Select.Content>
    </Select>
  )
}
