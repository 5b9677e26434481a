import { Badge, Button, Input, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useFormatters } from "../../hooks/use-formatters"
import { usePartNames, useParts } from "../../hooks/use-parts"
import { errorText } from "../../lib/api-error"
import { findAllParts, mostParts, type PartQuery } from "../../lib/find-parts"
import { placeOf, type Part } from "../../lib/stock-draft"
import { ChoiceSelect } from "../choice-select"
import { Field } from "../field"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Check } from "./stock-field"

export const scopes = ["type", "collection", "category", "tag", "product", "variant"] as const satisfies readonly Part["scope"][]

export type PartPickerProps = { chosen: readonly Part[]; choose: (parts: Part[]) => void }

/** What the parts are chosen for, in the words of the first field. */
type Purpose = { scopeLabel: string; scopeHint: string }

/** Chooses parts of the store: one kind of thing at a time, as many of them as wanted, found by name. */
export function PartPicker({ chosen, choose, scopeLabel, scopeHint }: PartPickerProps & Purpose) {
  const { t } = useTranslation()
  const [query, setQuery] = useState<PartQuery>({ scope: "product", q: "", collection_id: "", category_id: "" })
  const change = (part: Partial<PartQuery>) => setQuery((current) => ({ ...current, ...part }))
  return (
    <div className="flex flex-col gap-y-4">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field id="part-scope" label={scopeLabel} hint={scopeHint}>
          {(control) => (
            <ChoiceSelect
              control={control}
              value={query.scope}
              choices={scopes.map((value) => ({ value, label: t(`metaCatalog.stock.scope.${value}`) }))}
              onChange={(scope) => change({ scope: scope as Part["scope"], collection_id: "", category_id: "" })}
            />
          )}
        </Field>
        <Field id="part-search" label={t("metaCatalog.stock.part.search")}>
          {(control) => <Input {...control} type="search" value={query.q} onChange={(event) => change({ q: event.target.value })} />}
        </Field>
        {query.scope === "product" && <ProductFilters query={query} change={change} />}
      </div>
      <FoundList query={query} chosen={chosen} choose={choose} />
      {chosen.length > 0 && <Chosen chosen={chosen} choose={choose} />}
    </div>
  )
}

function ProductFilters({ query, change }: { query: PartQuery; change: (part: Partial<PartQuery>) => void }) {
  const { t } = useTranslation()
  const names = { collection_id: usePartNames("collection").data ?? [], category_id: usePartNames("category").data ?? [] }
  return (["collection_id", "category_id"] as const).map((filter) => (
    <Field key={filter} id={`part-${filter}`} label={t(`metaCatalog.stock.part.${filter}`)} optional>
      {(control) => (
        <ChoiceSelect
          control={control}
          value={query[filter]}
          choices={names[filter].map(({ reference_id, name }) => ({ value: reference_id, label: name ?? reference_id }))}
          none={t("metaCatalog.stock.part.any")}
          onChange={(id) => change({ [filter]: id })}
        />
      )}
    </Field>
  ))
}

function FoundList({ query, chosen, choose }: PartPickerProps & { query: PartQuery }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { data, error, refetch, isPlaceholderData } = useParts(query)
  const [isReading, setReading] = useState(false)
  if (!data) {
    return error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={3} />
  }
  const isChosen = (part: Part) => chosen.some((other) => placeOf(other) === placeOf(part))
  const toggle = (part: Part, on: boolean) => choose(on ? [...chosen, part] : chosen.filter((other) => placeOf(other) !== placeOf(part)))

  async function chooseAll() {
    setReading(true)
    try {
      const found = await findAllParts(query)
      choose([...chosen, ...found.filter((part) => !isChosen(part))].slice(0, mostParts))
    } catch (thrown) {
      toast.error(errorText(thrown))
    } finally {
      setReading(false)
    }
  }

  return (
    <div className="border-ui-border-base flex flex-col gap-y-3 rounded-lg border px-4 py-3" data-testid="found-parts" data-scope={query.scope}>
      {data.parts.length === 0 && (
        <Text size="small" className="text-ui-fg-muted">
          {t("metaCatalog.stock.part.none")}
        </Text>
      )}
      {data.parts.map((part) => (
        <Check key={part.reference_id} label={part.name ?? part.reference_id} checked={isChosen(part)} onChange={(on) => toggle(part, on)} />
      ))}
      {data.count > data.parts.length && (
        <Text size="small" className="text-ui-fg-muted">
          {t("metaCatalog.stock.part.more", { count: data.count - data.parts.length, number: format.number(data.count - data.parts.length) })}
        </Text>
      )}
      {data.count > 1 && (
        <Button type="button" size="small" variant="secondary" className="self-start" onClick={chooseAll} isLoading={isReading} disabled={isPlaceholderData}>
          {t("metaCatalog.stock.part.chooseAll", { count: Math.min(data.count, mostParts), number: format.number(Math.min(data.count, mostParts)) })}
        </Button>
      )}
    </div>
  )
}

const mostNamed = 8

function Chosen({ chosen, choose }: PartPickerProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <div className="flex flex-wrap items-center gap-2" aria-live="polite" data-testid="chosen-parts">
      <Text size="small" leading="compact" weight="plus">
        {t("metaCatalog.stock.part.chosen", { count: chosen.length, number: format.number(chosen.length) })}
      </Text>
      {chosen.slice(0, mostNamed).map((part) => (
        <Badge key={placeOf(part)} size="2xsmall" className="max-w-full truncate">
          {part.name ?? part.reference_id}
        </Badge>
      ))}
      <Button type="button" size="small" variant="transparent" onClick={() => choose([])}>
        {t("metaCatalog.stock.part.chooseNone")}
      </Button>
    </div>
  )
}
