import { Input, Text } from "@medusajs/ui"
import { useState, type KeyboardEvent } from "react"
import { useTranslation } from "react-i18next"
import type { ControlProps } from "../field"
import { Check } from "../stock/stock-field"

export type ColumnPickerProps = { control: ControlProps; columns: readonly string[]; chosen: readonly string[]; choose: (columns: string[]) => void }

/** Chooses some of Meta's columns, found by name; those chosen stay in sight. */
export function ColumnPicker({ control, columns, chosen, choose }: ColumnPickerProps) {
  const { t } = useTranslation()
  const [words, setWords] = useState("")
  const found = columns.filter((column) => chosen.includes(column) || column.includes(words.trim().toLowerCase()))
  return (
    <div className="flex flex-col gap-y-3">
      <Input {...control} type="search" placeholder={t("metaCatalog.columns.filter")} value={words} onKeyDown={keepForm} onChange={(event) => setWords(event.target.value)} />
      <div className="border-ui-border-base flex max-h-60 flex-col gap-y-2 overflow-y-auto rounded-lg border px-4 py-3" data-testid="found-columns">
        {found.length === 0 && <Text size="small">{t("metaCatalog.columns.noneFound")}</Text>}
        {found.map((column) => (
          <Check
            key={column}
            label={<code>{column}</code>}
            checked={chosen.includes(column)}
            onChange={(on) => choose(on ? [...chosen, column] : chosen.filter((other) => other !== column))}
          />
        ))}
      </div>
    </div>
  )
}

/** Enter in a search must not send the form. */
function keepForm(event: KeyboardEvent): void {
  if (event.key === "Enter") {
    event.preventDefault()
  }
}
