import { Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Link } from "react-router-dom"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminIssue } from "../../../api/admin/meta-catalog/issue-types"
import { useFormatters } from "../../hooks/use-formatters"
import { useIssues, useProductTitles } from "../../hooks/use-issues"
import { ChoiceSelect } from "../choice-select"
import { EmptyState } from "../empty-state"
import { IssueLine } from "./issue-line"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Pages } from "../pages"
import { Section } from "../section"
import { TimeAgo } from "../time-ago"

const pageSize = 10

type Filter = { severity: AdminIssue["severity"] | ""; source: AdminIssue["source"] | "" }

/** Open issues of one catalogue with filters and pages. Solved ones are gone. */
export function IssuesSection({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const [filter, setFilter] = useState<Filter>({ severity: "", source: "" })
  const [page, setPage] = useState(0)
  const { errors, warnings } = status.issues

  function choose(change: Partial<Filter>) {
    setFilter((current) => ({ ...current, ...change }))
    setPage(0)
  }

  return (
    <Section
      title={t("metaCatalog.issues.title")}
      badge={
        <Text size="small" className="text-ui-fg-muted" data-testid="issue-counts">
          {t("metaCatalog.issues.errors", { count: errors, number: format.number(errors) })}
          {" · "}
          {t("metaCatalog.issues.warnings", { count: warnings, number: format.number(warnings) })}
        </Text>
      }
      actions={<Filters filter={filter} choose={choose} />}
    >
      <IssuePage status={status} filter={filter} page={page} setPage={setPage} />
    </Section>
  )
}

function Filters({ filter, choose }: { filter: Filter; choose: (change: Partial<Filter>) => void }) {
  const { t } = useTranslation()
  const severities = ["error", "warning"] as const
  const sources = ["check", "feed_upload", "items_batch", "audit", "catalog"] as const
  return (
    <>
      <FilterSelect
        label={t("metaCatalog.issues.filter.severity")}
        all={t("metaCatalog.issues.filter.allSeverities")}
        value={filter.severity}
        choices={severities.map((value) => ({ value, label: t(`metaCatalog.severity.${value}`) }))}
        onChange={(severity) => choose({ severity })}
      />
      <FilterSelect
        label={t("metaCatalog.issues.filter.source")}
        all={t("metaCatalog.issues.filter.allSources")}
        value={filter.source}
        choices={sources.map((value) => ({ value, label: t(`metaCatalog.source.${value}`) }))}
        onChange={(source) => choose({ source })}
      />
    </>
  )
}

type FilterSelectProps<Value extends string> = {
  label: string
  all: string
  value: Value | ""
  choices: { value: Value; label: string }[]
  onChange: (value: Value | "") => void
}

function FilterSelect<Value extends string>({ label, all, value, choices, onChange }: FilterSelectProps<Value>) {
  return (
    <div className="w-44">
      <ChoiceSelect
        control={{ "aria-label": label }}
        value={value}
        choices={choices}
        none={all}
        small
        onChange={(chosen) => onChange(choices.find((choice) => choice.value === chosen)?.value ?? "")}
      />
    </div>
  )
}

type IssuePageProps = { status: AdminCatalogStatus; filter: Filter; page: number; setPage: (page: number) => void }

function IssuePage({ status, filter, page, setPage }: IssuePageProps) {
  const { t } = useTranslation()
  const { errors, warnings } = status.issues
  const { data, error, refetch } = useIssues(
    {
      catalog_id: status.catalog.id,
      severity: filter.severity || undefined,
      source: filter.source || undefined,
      limit: pageSize,
      offset: page * pageSize,
    },
    `${errors}/${warnings}/${status.uploads[0]?.ingested_at ?? ""}`
  )
  const titles = useProductTitles(data?.issues ?? [])
  if (error) {
    return <LoadError error={error} retry={refetch} />
  }
  if (!data) {
    return <LoadingRows />
  }
  if (data.count === 0) {
    const filtered = filter.severity !== "" || filter.source !== ""
    return (
      <EmptyState
        title={t(filtered ? "metaCatalog.issues.noneFiltered" : "metaCatalog.issues.none")}
        text={filtered ? undefined : t("metaCatalog.issues.noneText")}
      />
    )
  }
  return (
    <>
      <ul className="divide-y" data-testid="issues">
        {data.issues.map((issue) => (
          <li key={issue.id} className="px-6 py-4">
            <IssueLine issue={issue}>
              <IssueOrigin issue={issue} product={titles.get(issue.product_id ?? "")} />
            </IssueLine>
          </li>
        ))}
      </ul>
      {data.count > pageSize && <Pages count={data.count} pageSize={pageSize} page={page} setPage={setPage} results={t("metaCatalog.pages.results")} />}
    </>
  )
}

function IssueOrigin({ issue, product }: { issue: AdminIssue; product: string | undefined }) {
  const { t } = useTranslation()
  return (
    <Text size="small" leading="compact" as="div" className="text-ui-fg-muted flex flex-wrap gap-x-2 gap-y-1">
      {issue.product_id && (
        <Link
          to={`/products/${issue.product_id}`}
          className="text-ui-fg-interactive hover:text-ui-fg-interactive-hover focus-visible:shadow-borders-focus rounded outline-none"
        >
          {product ?? t("metaCatalog.issues.openProduct")}
        </Link>
      )}
      {issue.retailer_id && <span className="break-all">{issue.retailer_id}</span>}
      <span>{t(`metaCatalog.source.${issue.source}`)}</span>
      <span>
        {t("metaCatalog.issues.lastSeen")} <TimeAgo time={issue.last_seen_at} />
      </span>
    </Text>
  )
}
