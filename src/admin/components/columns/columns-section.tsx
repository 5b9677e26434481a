import { Button, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useColumns } from "../../hooks/use-columns"
import { useFormatters } from "../../hooks/use-formatters"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Section } from "../section"

/** How many columns a person has given a source of their own, with the way to all of them. */
export function ColumnsSection({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { data, error, refetch } = useColumns(catalog.id, "")
  const set = data?.columns.filter(({ source }) => source !== null).length ?? 0
  return (
    <Section
      title={t("metaCatalog.columns.title")}
      actions={
        <Button size="small" variant="secondary" asChild>
          <Link to={`/settings/meta-catalog/${catalog.id}/columns`}>{t("metaCatalog.columns.open")}</Link>
        </Button>
      }
    >
      {!data && (error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={1} />)}
      {data && (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4" data-testid="columns-summary">
          {t("metaCatalog.columns.summary", { count: set, number: format.number(set), total: format.number(data.columns.length) })}
        </Text>
      )}
    </Section>
  )
}
