import { Alert, Button, Input, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminColumn, AdminColumns } from "../../../api/admin/meta-catalog/column-types"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { FIELD_GROUPS } from "../../../catalog/columns/field-kinds"
import { useColumnDraft, type ColumnDraftState } from "../../hooks/use-columns"
import { useGuardedLeave } from "../../hooks/use-guarded-leave"
import { ColumnRow } from "./column-row"
import { ColumnsPreview } from "./columns-preview"
import { DiscardPrompt } from "../discard-prompt"
import { ExampleProduct } from "./example-product"
import { Field } from "../field"
import { Section } from "../section"
import { SettingsHead } from "../settings-head"

export type ColumnsEditorProps = { catalog: AdminCatalog; data: AdminColumns; chooseProduct: (productId: string) => void }

/** Where every column of the feed takes its value from, what changing that would do, and one button that saves all of it. */
export function ColumnsEditor({ catalog, data, chooseProduct }: ColumnsEditorProps) {
  const { t } = useTranslation()
  const draft = useColumnDraft(catalog.id)
  const guard = useGuardedLeave(draft.isChanged)
  const [words, setWords] = useState("")

  function save(event: FormEvent) {
    event.preventDefault()
    draft.save(() => toast.success(t("metaCatalog.columns.saved")))
  }

  return (
    <div className="flex min-w-0 flex-col gap-y-3">
      <SettingsHead catalog={catalog} title={t("metaCatalog.columns.title")} text={t("metaCatalog.columns.text")} />
      {draft.errors.form && (
        <Alert variant="error" role="alert">
          {draft.errors.form}
        </Alert>
      )}
      <div className="flex flex-col items-start gap-x-4 gap-y-3 xl:grid xl:grid-cols-[minmax(0,1fr)_400px]">
        <div className="flex w-full min-w-0 flex-col gap-y-3">
          <Section title={t("metaCatalog.columns.find")}>
            <div className="flex flex-col gap-y-4 px-6 py-4">
              <Field id="column-filter" label={t("metaCatalog.columns.filter")}>
                {(control) => <Input {...control} type="search" value={words} onChange={(event) => setWords(event.target.value)} />}
              </Field>
              <ExampleProduct example={data.example} choose={chooseProduct} />
              <OwnCode hook={data.map_item} />
            </div>
          </Section>
          <Groups data={data} draft={draft} words={words.trim().toLowerCase()} />
        </div>
        <form onSubmit={save} className="flex w-full flex-col gap-y-3 xl:sticky xl:top-3">
          <ColumnsPreview preview={draft.preview} changes={draft.changes} />
          <SaveButtons draft={draft} />
        </form>
      </div>
      <DiscardPrompt guard={guard} />
    </div>
  )
}

/** What the store's own code decides, and what it means to and cannot. */
function OwnCode({ hook }: { hook: AdminColumns["map_item"] }) {
  const { t } = useTranslation()
  if (!hook) {
    return null
  }
  return (
    <>
      <Text size="small" className="text-ui-fg-subtle">
        {t("metaCatalog.columns.mapItem", { columns: hook.columns.join(", ") })}
      </Text>
      {hook.unknown_columns.length > 0 && (
        <Text size="small" className="text-ui-fg-error" role="alert">
          {t("metaCatalog.columns.mapItemUnknown", { columns: hook.unknown_columns.join(", ") })}
        </Text>
      )}
    </>
  )
}

function Groups({ data, draft, words }: { data: AdminColumns; draft: ColumnDraftState; words: string }) {
  const { t } = useTranslation()
  // Here, so that a column that is being edited still is when it is found again.
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const isFound = (column: AdminColumn) => column.field.includes(words)
  const groups = FIELD_GROUPS.map((group) => ({ group, columns: data.columns.filter((column) => column.group === group && isFound(column)) }))
  const found = groups.filter(({ columns }) => columns.length > 0)
  if (found.length === 0) {
    return <Text size="small">{t("metaCatalog.columns.noneFound")}</Text>
  }
  return found.map(({ group, columns }) => (
    <Section key={group} title={t(`metaCatalog.columns.group.${group}`)}>
      <ul className="divide-y" data-group={group}>
        {columns.map((column) => (
          <ColumnRow
            key={column.field}
            line={draft.lineOf(column)}
            names={data.names}
            errors={draft.errors}
            put={(source) => draft.put(column, source)}
            isOpen={opened.has(column.field)}
            setOpen={(isOpen) => setOpened((known) => new Set(isOpen ? [...known, column.field] : [...known].filter((field) => field !== column.field)))}
          />
        ))}
      </ul>
    </Section>
  ))
}

function SaveButtons({ draft }: { draft: ColumnDraftState }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <Button type="button" size="small" variant="secondary" disabled={!draft.isChanged} onClick={draft.discard}>
        {t("metaCatalog.stock.discard")}
      </Button>
      <Button
        type="button"
        size="small"
        variant="secondary"
        disabled={!draft.isChanged}
        isLoading={draft.preview.isRunning}
        onClick={draft.preview.run}
      >
        {t("metaCatalog.columns.preview.run")}
      </Button>
      <Button type="submit" size="small" disabled={!draft.isChanged} isLoading={draft.isSaving}>
        {t("metaCatalog.action.save")}
      </Button>
    </div>
  )
}
