import { Alert, Button, Text, toast } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminStockPolicy } from "../../../api/admin/meta-catalog/stock-types"
import { useFormatters } from "../../hooks/use-formatters"
import { useRefill, useStockPolicy } from "../../hooks/use-stock-policy"
import { errorText } from "../../lib/api-error"
import { policySentences } from "../../lib/policy-sentences"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Section } from "../section"

/** What the store may promise on Meta, in sentences, with a way to change it. */
export function StockPolicySection({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useStockPolicy(catalog.id)
  const isRefilled = data?.rules.some((rule) => rule.settings.allocation === "fixed") ?? false
  return (
    <Section
      title={t("metaCatalog.stock.title")}
      actions={
        <>
          {isRefilled && <RefillButton catalog={catalog} />}
          <Button size="small" variant="secondary" asChild>
            <Link to={`/settings/meta-catalog/${catalog.id}/stock-policy`} aria-label={`${t("metaCatalog.stock.change")}: ${t("metaCatalog.stock.title")}`}>
              {t("metaCatalog.stock.change")}
            </Link>
          </Button>
        </>
      }
    >
      {!data && (error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={2} />)}
      {data && <Summary policy={data} />}
    </Section>
  )
}

function Summary({ policy }: { policy: AdminStockPolicy }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const parts = policy.rules.filter((rule) => rule.scope !== "catalog").length
  return (
    <div className="flex flex-col gap-y-3 px-6 py-4" data-testid="stock-summary">
      <ul className="text-ui-fg-subtle txt-small flex list-disc flex-col gap-y-1 pl-4">
        {policySentences(policy.settings).map(({ word, figures }) => (
          <li key={word}>
            {t(`metaCatalog.stock.sentence.${word}`, {
              ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, format.number(value)])),
              count: figures.count,
            })}
          </li>
        ))}
      </ul>
      {parts > 0 && (
        <Text size="small" className="text-ui-fg-muted">
          {t("metaCatalog.stock.rules", { count: parts, number: format.number(parts) })}
        </Text>
      )}
      {policy.warnings.map((warning) => (
        <Alert key={warning.code} variant="warning">
          {warning.message}
        </Alert>
      ))}
    </div>
  )
}

function RefillButton({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const refill = useRefill(catalog.id)

  function run() {
    refill.mutate(undefined, {
      onSuccess: () => toast.success(t("metaCatalog.stock.refilled")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <Button size="small" variant="secondary" onClick={run} isLoading={refill.isPending} title={t("metaCatalog.stock.refillText")}>
      {t("metaCatalog.stock.refill")}
    </Button>
  )
}
