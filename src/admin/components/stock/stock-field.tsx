import { Checkbox, Input, Label, Switch } from "@medusajs/ui"
import { useId, type ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { useFormatters } from "../../hooks/use-formatters"
import { useStockLocations } from "../../hooks/use-store-choices"
import { stockChoices, stockFields, type ChoiceField, type StockField, type StockValues } from "../../lib/stock-form"
import { ChoiceSelect } from "../choice-select"
import { Field, type ControlProps } from "../field"

export type StockFieldProps = {
  field: StockField
  values: StockValues
  set: (field: StockField, value: string | boolean | string[]) => void
  error: string | undefined
  /** The sales channel whose locations can be chosen. */
  salesChannelId: string
  /** Before the control's id, where two forms are on the page. */
  prefix?: string
}

/** One setting of the stock policy with its label, what it means, and what is wrong with it. */
export function StockFieldControl({ field, values, set, error, salesChannelId, prefix = "" }: StockFieldProps) {
  const { t } = useTranslation()
  const value = values[field]
  const hint = useHint(field, value)
  return (
    <Field id={prefix + field} label={t(`metaCatalog.stock.field.${field}`)} hint={hint} error={error} optional={stockFields[field] === "optional"}>
      {(control) => {
        switch (stockFields[field]) {
          case "switch":
            return <Switch {...control} checked={value === true} onCheckedChange={(on) => set(field, on)} />
          case "locations":
            return <Locations control={control} salesChannelId={salesChannelId} chosen={Array.isArray(value) ? value : []} choose={(ids) => set(field, ids)} />
          case "choice":
            return <Choice control={control} field={field as ChoiceField} value={String(value ?? "")} choose={(word) => set(field, word)} />
          default:
            return (
              <Input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                className="max-w-48"
                value={String(value ?? "")}
                onChange={(event) => set(field, event.target.value)}
              />
            )
        }
      }}
    </Field>
  )
}

const explained = new Set<StockField>(["allocation", "threshold_mode", "unmanaged", "backorder", "strategy"])

/** Where the choices differ in what they lead to, the text says it for the one that is chosen. */
function useHint(field: StockField, value: StockValues[StockField]): string {
  const { t } = useTranslation()
  return explained.has(field) ? t(`metaCatalog.stock.consequence.${field}.${String(value)}`) : t(`metaCatalog.stock.hint.${field}`)
}

type ChoiceProps = { control: ControlProps; field: ChoiceField; value: string; choose: (word: string) => void }

function Choice({ control, field, value, choose }: ChoiceProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  const words: readonly string[] = stockChoices[field]
  // A service level may have been set through the API to one that is not offered here.
  const offered = words.includes(value) || value === "" ? words : [...words, value].sort()
  const label = (word: string) => (field === "service_level" ? format.percent(Number(word)) : t(`metaCatalog.stock.choice.${field}.${word}`))
  return <ChoiceSelect control={control} value={value} choices={offered.map((word) => ({ value: word, label: label(word) }))} onChange={choose} />
}

type LocationsProps = { control: ControlProps; salesChannelId: string; chosen: string[]; choose: (ids: string[]) => void }

/** None chosen means all of them, also those that are added later. */
function Locations({ control: { id, ...described }, salesChannelId, chosen, choose }: LocationsProps) {
  const { t } = useTranslation()
  const { data } = useStockLocations(salesChannelId)
  const known = (data?.stock_locations ?? []).map((location) => ({ id: location.id, name: location.name }))
  const gone = data ? chosen.filter((chosenId) => known.every((location) => location.id !== chosenId)) : []
  const toggle = (locationId: string, on: boolean) => choose(on ? [...chosen, locationId] : chosen.filter((other) => other !== locationId))
  return (
    <div id={id} tabIndex={-1} role="group" aria-label={t("metaCatalog.stock.field.location_ids")} {...described} className="flex flex-col gap-y-2 outline-none">
      {[...known, ...gone.map((goneId) => ({ id: goneId, name: goneId }))].map((location) => (
        <Check key={location.id} label={location.name} checked={chosen.includes(location.id)} onChange={(on) => toggle(location.id, on)} />
      ))}
    </div>
  )
}

/** A checkbox with its label. */
export function Check({ label, checked, onChange }: { label: ReactNode; checked: boolean; onChange: (on: boolean) => void }) {
  const id = useId()
  return (
    <div className="flex min-w-0 items-start gap-x-2">
      <Checkbox id={id} checked={checked} onCheckedChange={(state) => onChange(state === true)} className="mt-0.5 shrink-0" />
      <Label size="small" htmlFor={id} className="min-w-0 break-words">
        {label}
      </Label>
    </div>
  )
}
