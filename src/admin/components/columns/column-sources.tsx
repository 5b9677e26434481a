import { ArrowDownMini, ArrowUpMini, XMarkMini } from "@medusajs/icons"
import { Button, Hint, IconButton, Text } from "@medusajs/ui"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { ColumnSource } from "../../../catalog/columns/column-source"
import { moveSource, mostSources, newSource, sourceKinds } from "../../lib/column-draft"
import { sourceWords } from "../../lib/column-words"
import { ChoiceSelect } from "../choice-select"
import type { ColumnRowProps } from "./column-row"
import { SourceFields } from "./source-fields"

/** The alternatives of one column in order: the first that has a value counts. */
export function ColumnSources({ line, names, errors, put }: Pick<ColumnRowProps, "line" | "names" | "errors" | "put">) {
  const { t } = useTranslation()
  const { column, source } = line
  const { field } = column
  const sources = source ?? (column.default_source.length > 0 ? [{ from: "default" } as const] : [])
  const { list, focusAfter } = useFocusAfterChange()

  function move(index: number, by: -1 | 1) {
    put(moveSource(sources, index, by))
    focusAfter(index + by, by === -1 ? "up" : "down")
  }

  function remove(index: number) {
    put(sources.filter((_, place) => place !== index))
    focusAfter(Math.max(0, index - 1), "remove")
  }

  return (
    <div className="bg-ui-bg-subtle flex min-w-0 flex-col gap-y-4 rounded-lg px-4 py-4" ref={list} data-testid="column-editor">
      {sources.length > 1 && (
        <Text size="small" className="text-ui-fg-subtle">
          {t("metaCatalog.columns.order")}
        </Text>
      )}
      {sources.length === 0 && <Text size="small">{t("metaCatalog.columns.off")}</Text>}
      <ol className="flex flex-col gap-y-4">
        {sources.map((one, index) => (
          <li key={index} className="flex min-w-0 flex-col gap-y-2" data-place={index}>
            <div className="flex flex-col items-start gap-2 sm:flex-row">
              <div className="w-full min-w-0 flex-1">
                <SourceFields
                  id={`${field}-${index}`}
                  source={one}
                  column={column}
                  names={names}
                  set={(changed) => put(sources.map((other, place) => (place === index ? changed : other)))}
                  error={errors[`${field}.${index}`]}
                />
              </div>
              <PlaceButtons
                name={sourceWords(one, t)}
                isFirst={index === 0}
                isLast={index === sources.length - 1}
                canRemove={sources.length > 1 || !column.required}
                move={(by) => move(index, by)}
                remove={() => remove(index)}
              />
            </div>
          </li>
        ))}
      </ol>
      {errors[field] && (
        <Hint variant="error" role="alert">
          {errors[field]}
        </Hint>
      )}
      <Ways line={line} sources={sources} put={put} />
    </div>
  )
}

type Place = { index: number; button: string }

/** What was moved keeps the focus on the button that moved it, or on another of its buttons where that one is at its end. */
function useFocusAfterChange() {
  const list = useRef<HTMLDivElement>(null)
  const [wanted, setWanted] = useState<Place | null>(null)
  useEffect(() => {
    if (wanted) {
      const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>(`[data-place="${wanted.index}"] [data-button]:not(:disabled)`) ?? [])]
      const found = buttons.find(({ dataset }) => dataset.button === wanted.button) ?? buttons[0] ?? list.current?.querySelector("button")
      found?.focus()
    }
  }, [wanted])
  return { list, focusAfter: (index: number, button: string) => setWanted({ index, button }) }
}

type PlaceButtonsProps = {
  name: string
  isFirst: boolean
  isLast: boolean
  canRemove: boolean
  move: (by: -1 | 1) => void
  remove: () => void
}

function PlaceButtons({ name, isFirst, isLast, canRemove, move, remove }: PlaceButtonsProps) {
  const { t } = useTranslation()
  const buttons = [
    { button: "up", icon: <ArrowUpMini />, isOff: isFirst, run: () => move(-1) },
    { button: "down", icon: <ArrowDownMini />, isOff: isLast, run: () => move(1) },
    { button: "remove", icon: <XMarkMini />, isOff: !canRemove, run: remove },
  ] as const
  return (
    <div className="flex shrink-0">
      {buttons.map(({ button, icon, isOff, run }) => (
        <IconButton
          key={button}
          type="button"
          size="small"
          variant="transparent"
          data-button={button}
          disabled={isOff}
          aria-label={t(`metaCatalog.columns.place.${button}`, { name })}
          onClick={run}
        >
          {icon}
        </IconButton>
      ))}
    </div>
  )
}

type WaysProps = Pick<ColumnRowProps, "line" | "put"> & { sources: readonly ColumnSource[] }

/** One more alternative, none at all, or the built-in source again. */
function Ways({ line: { column, source }, sources, put }: WaysProps) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap items-center gap-2">
      {sources.length < mostSources && (
        <div className="w-full max-w-60">
          <ChoiceSelect
            control={{ "aria-label": t("metaCatalog.columns.addFor", { name: column.field }) }}
            value=""
            placeholder={t(sources.length === 0 ? "metaCatalog.columns.addFirst" : "metaCatalog.columns.add")}
            choices={sourceKinds(column).map((from) => ({ value: from, label: t(`metaCatalog.columns.from.${from}`) }))}
            onChange={(from) => from && put([...sources, newSource(from as ColumnSource["from"], column)])}
            small
          />
        </div>
      )}
      {!column.required && sources.length > 0 && (
        <Button type="button" size="small" variant="transparent" onClick={() => put(column.default_source.length > 0 ? [] : null)}>
          {t("metaCatalog.columns.turnOff")}
        </Button>
      )}
      {source !== null && column.default_source.length > 0 && (
        <Button type="button" size="small" variant="transparent" onClick={() => put(null)}>
          {t("metaCatalog.columns.reset")}
        </Button>
      )}
    </div>
  )
}
