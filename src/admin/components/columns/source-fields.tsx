import { Input } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminColumn, AdminColumns } from "../../../api/admin/meta-catalog/column-types"
import type { ColumnSource } from "../../../catalog/columns/column-source"
import { newSource, sourceKinds } from "../../lib/column-draft"
import { builtInWords, pathWords } from "../../lib/column-words"
import { ChoiceSelect } from "../choice-select"
import { Field, type ControlProps } from "../field"

export type SourceFieldsProps = {
  id: string
  source: ColumnSource
  column: AdminColumn
  names: AdminColumns["names"]
  set: (source: ColumnSource) => void
  error: string | undefined
}

/** One alternative: what kind of source it is, and what that kind needs. */
export function SourceFields(props: SourceFieldsProps) {
  const { id, source, column, set, error } = props
  const { t } = useTranslation()
  const kinds = sourceKinds(column)
  const isWhole = !("path" in source || "title" in source || "key" in source || "text" in source || "value" in source)
  const hint = source.from === "default" ? column.default_source.map((place) => builtInWords(place, t)).join(t("metaCatalog.columns.else")) : undefined
  return (
    <div className="grid grid-cols-1 items-start gap-2 sm:grid-cols-2">
      <Field id={`${id}-from`} label={t("metaCatalog.columns.kind")} hint={hint} error={isWhole ? error : undefined}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={source.from}
            choices={kinds.map((from) => ({ value: from, label: t(`metaCatalog.columns.from.${from}`) }))}
            onChange={(from) => set(newSource(from as ColumnSource["from"], column))}
          />
        )}
      </Field>
      <Detail {...props} />
    </div>
  )
}

function Detail(props: SourceFieldsProps) {
  const { id, source, column, names, set, error } = props
  const { t } = useTranslation()
  switch (source.from) {
    case "field":
      return (
        <Field id={id} label={t("metaCatalog.columns.detail.field")} error={error}>
          {(control) => (
            <ChoiceSelect
              control={control}
              value={source.path}
              choices={names.paths.map((path) => ({ value: path, label: pathWords(path, t) }))}
              onChange={(path) => set({ ...source, path: path as typeof source.path })}
            />
          )}
        </Field>
      )
    case "option":
      return (
        <Field id={id} label={t("metaCatalog.columns.detail.option")} error={error}>
          {(control) => <NameInput control={control} value={source.title} names={names.options} set={(title) => set({ ...source, title })} />}
        </Field>
      )
    case "metadata":
      return <MetadataFields {...props} source={source} />
    case "template":
      return (
        <Field id={id} label={t("metaCatalog.columns.detail.template")} hint={t("metaCatalog.columns.templateHint", { places: "{product.title}, {variant.sku}, {option.Colour}, {metadata.key}" })} error={error}>
          {(control) => <Input {...control} spellCheck={false} value={source.text} onChange={(event) => set({ ...source, text: event.target.value })} />}
        </Field>
      )
    case "constant":
      return (
        <Field id={id} label={t("metaCatalog.columns.detail.constant")} error={error}>
          {(control) =>
            column.kind === "choice" && column.values ? (
              <ChoiceSelect
                control={control}
                value={source.value}
                choices={column.values.map((value) => ({ value, label: value }))}
                onChange={(value) => set({ ...source, value })}
              />
            ) : (
              <Input {...control} value={source.value} onChange={(event) => set({ ...source, value: event.target.value })} />
            )
          }
        </Field>
      )
    default:
      return null
  }
}

const owners = ["either", "variant", "product"] as const

function MetadataFields({ id, source, names, set, error }: SourceFieldsProps & { source: Extract<ColumnSource, { from: "metadata" }> }) {
  const { t } = useTranslation()
  const known = source.of === "either" ? [...new Set([...names.metadata.variant, ...names.metadata.product])] : names.metadata[source.of]
  return (
    <>
      <Field id={`${id}-of`} label={t("metaCatalog.columns.detail.of")}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={source.of}
            choices={owners.map((value) => ({ value, label: t(`metaCatalog.columns.owner.${value}`) }))}
            onChange={(of) => set({ ...source, of: owners.find((known) => known === of) ?? "either" })}
          />
        )}
      </Field>
      <Field id={id} label={t("metaCatalog.columns.detail.metadata")} error={error}>
        {(control) => <NameInput control={control} value={source.key} names={known} set={(key) => set({ ...source, key })} />}
      </Field>
    </>
  )
}

/** Names the store uses are offered while a person types; others may come later, so any is taken. */
function NameInput({ control, value, names, set }: { control: ControlProps; value: string; names: readonly string[]; set: (value: string) => void }) {
  return (
    <>
      <Input {...control} list={`${control.id}-names`} autoComplete="off" spellCheck={false} value={value} onChange={(event) => set(event.target.value)} />
      <datalist id={`${control.id}-names`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
