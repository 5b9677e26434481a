import { Badge, Button, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminColumn, AdminColumns } from "../../../api/admin/meta-catalog/column-types"
import { useFormatters } from "../../hooks/use-formatters"
import type { FieldMessages } from "../../lib/api-error"
import type { ColumnLine } from "../../lib/column-draft"
import { columnWords } from "../../lib/column-words"
import { ColumnSources } from "./column-sources"

export type ColumnRowProps = {
  line: ColumnLine
  names: AdminColumns["names"]
  errors: FieldMessages
  put: (source: AdminColumn["source"]) => void
  isOpen: boolean
  setOpen: (isOpen: boolean) => void
}

/** One column of Meta's: what it takes its value from, what that is for the example, and the way to change it. */
export function ColumnRow({ line, names, errors, put, isOpen, setOpen }: ColumnRowProps) {
  const { t } = useTranslation()
  const { column } = line
  const { field } = column
  const hasError = Object.keys(errors).some((name) => name === field || name.startsWith(`${field}.`))
  const isShown = isOpen || hasError
  return (
    <li className="flex flex-col gap-y-3 px-6 py-4" data-column={field} data-changed={line.isChanged}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-1 basis-40 flex-col gap-y-1">
          <ColumnHead line={line} />
          <SourceText line={line} />
          {!isAbsent(line) && (
            <Text size="small" className="text-ui-fg-muted line-clamp-2 break-words" data-testid="column-value">
              {column.value ? t("metaCatalog.columns.example", { value: column.value }) : t("metaCatalog.columns.noExample")}
            </Text>
          )}
        </div>
        {column.settable && (
          <Button
            type="button"
            size="small"
            variant="secondary"
            aria-expanded={isShown}
            aria-label={t("metaCatalog.columns.editFor", { name: field })}
            onClick={() => setOpen(!isShown)}
          >
            {t("metaCatalog.action.edit")}
          </Button>
        )}
      </div>
      {isShown && column.settable && <ColumnSources line={line} names={names} errors={errors} put={put} />}
    </li>
  )
}

function ColumnHead({ line: { column, source, isChanged } }: { line: ColumnLine }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { field, required, max_length, range, same_for_variants } = column
  const facts = [
    max_length !== null && t("metaCatalog.columns.limit", { count: max_length, number: format.number(max_length) }),
    range && t("metaCatalog.columns.range", { lowest: format.number(range.lowest), highest: format.number(range.highest) }),
    same_for_variants && t("metaCatalog.columns.same"),
  ].filter(Boolean)
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <code className="txt-small text-ui-fg-base min-w-0 font-medium break-all">{field}</code>
        {required && <Badge size="2xsmall">{t("metaCatalog.columns.required")}</Badge>}
        {isChanged ? (
          <Badge size="2xsmall" color="orange">
            {t("metaCatalog.columns.unsaved")}
          </Badge>
        ) : (
          source !== null && (
            <Badge size="2xsmall" color="blue">
              {t("metaCatalog.columns.set")}
            </Badge>
          )
        )}
      </span>
      {facts.length > 0 && (
        <Text size="xsmall" className="text-ui-fg-muted">
          {facts.join(" · ")}
        </Text>
      )}
    </>
  )
}

/** Only in a file where a person sets it. */
function isAbsent({ column, source }: ColumnLine): boolean {
  return source === null && column.default_source.length === 0
}

function SourceText({ line }: { line: ColumnLine }) {
  const { t } = useTranslation()
  const { column, source } = line
  const words = isAbsent(line)
    ? t("metaCatalog.columns.notInFile")
    : source?.length === 0
      ? t("metaCatalog.columns.off")
      : columnWords(source, column.default_source, t)
  return (
    <Text size="small" className="text-ui-fg-subtle break-words" data-testid="column-source">
      {words}
    </Text>
  )
}
