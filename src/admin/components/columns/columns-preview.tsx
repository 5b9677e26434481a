import { Alert, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminColumnsPreview } from "../../../api/admin/meta-catalog/column-types"
import type { ColumnDraftState } from "../../hooks/use-columns"
import { useFormatters } from "../../hooks/use-formatters"
import { LoadingRows } from "../loading-rows"
import { Section } from "../section"
import { CellChange } from "../feeds/snapshot-diff"

/** What the unsaved changes would do to every item of the catalogue. It reads the whole store, so it is made when a person asks. */
export function ColumnsPreview({ preview, changes }: { preview: ColumnDraftState["preview"]; changes: number }) {
  const { t } = useTranslation()
  const state = preview.isRunning ? "running" : changes === 0 ? "unchanged" : preview.isCurrent ? "current" : preview.data ? "behind" : "none"
  const isShown = preview.data && changes > 0 && !preview.isRunning
  return (
    <Section title={t("metaCatalog.columns.preview.title")}>
      <div data-testid="columns-preview" data-state={state} className="flex flex-col gap-y-4 px-6 py-4 xl:max-h-[70vh] xl:overflow-y-auto">
        <Text size="small" className="text-ui-fg-subtle" aria-live="polite">
          {t(`metaCatalog.columns.preview.state.${state}`, { count: changes })}
        </Text>
        {preview.isRunning && <LoadingRows rows={3} />}
        {isShown && preview.data && <Found found={preview.data} />}
      </div>
    </Section>
  )
}

function Found({ found }: { found: AdminColumnsPreview }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const lost = found.invalid_after - found.invalid_before
  return (
    <>
      <Text size="small">{t("metaCatalog.columns.preview.items", { count: found.items, number: format.number(found.items) })}</Text>
      {lost > 0 && <Alert variant="warning">{t("metaCatalog.columns.preview.invalid", { count: lost, number: format.number(lost) })}</Alert>}
      {lost < 0 && <Text size="small">{t("metaCatalog.columns.preview.valid", { count: -lost, number: format.number(-lost) })}</Text>}
      <ul className="flex flex-col gap-y-4">
        {found.columns.map((column) => (
          <ColumnFound key={column.field} column={column} />
        ))}
      </ul>
    </>
  )
}

function ColumnFound({ column }: { column: AdminColumnsPreview["columns"][number] }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const findings = column.findings_after - column.findings_before
  const figures = [
    t("metaCatalog.columns.preview.changed", { count: column.changed, number: format.number(column.changed) }),
    t("metaCatalog.columns.preview.filled", { before: format.number(column.filled_before), after: format.number(column.filled_after) }),
  ]
  return (
    <li className="flex min-w-0 flex-col gap-y-1" data-column={column.field}>
      <code className="txt-small font-medium break-all">{column.field}</code>
      <Text size="small" className="text-ui-fg-subtle">
        {figures.join(" · ")}
      </Text>
      {findings > 0 && (
        <Text size="small" className="text-ui-fg-error">
          {t("metaCatalog.columns.preview.findings", { count: findings, number: format.number(findings) })}
        </Text>
      )}
      <ul className="flex flex-col gap-y-1">
        {column.samples.map(({ retailer_id, title, before, after }) => (
          <li key={retailer_id} className="txt-small min-w-0 break-words">
            <span className="text-ui-fg-muted">
              {title} {retailer_id}
            </span>{" "}
            <CellChange before={before} after={after} />
          </li>
        ))}
      </ul>
    </li>
  )
}
