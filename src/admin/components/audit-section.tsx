import { Button, StatusBadge, Text, toast } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminAudit } from "../../api/admin/meta-catalog/audit-types"
import type { AdminCatalogStatus } from "../../api/admin/meta-catalog/catalog-types"
import { useRequestAudit } from "../hooks/use-catalog-status"
import { useFormatters } from "../hooks/use-formatters"
import { errorText } from "../lib/api-error"
import { EmptyState } from "./empty-state"
import { Section } from "./section"
import { TimeAgo } from "./time-ago"

/** What reading the items back from Meta found, and a button to read them again. */
export function AuditSection({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const { result, running } = status.audit
  return (
    <Section title={t("metaCatalog.audit.title")} badge={result && <Agreement result={result} />} actions={<AuditButton status={status} />}>
      <div>
        <Progress status={status} />
        {result && <Result result={result} />}
        {!result && !running && !status.audit.requested_at && (
          <EmptyState title={t("metaCatalog.audit.empty")} text={t("metaCatalog.audit.emptyText")} />
        )}
      </div>
    </Section>
  )
}

type Result = NonNullable<AdminAudit["result"]>

function Agreement({ result }: { result: Result }) {
  const { t } = useTranslation()
  const format = useFormatters()
  if (result.agree_percent === null) {
    return null
  }
  return (
    <StatusBadge color={result.agree_percent === 100 ? "green" : "orange"} data-testid="agreement">
      {t("metaCatalog.audit.agree", { percent: format.number(result.agree_percent) })}
    </StatusBadge>
  )
}

/** Where the audit that runs or was asked for has come to; an error means that it goes on later. */
function Progress({ status: { audit, catalog } }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { running, requested_at } = audit
  const looked = (running?.checked ?? 0) + (running?.skipped ?? 0)
  return (
    <div aria-live="polite" data-testid="audit-progress">
      {(running || requested_at) && (
        <div className="flex flex-col gap-y-1 px-6 py-4">
          <Text size="small" className="text-ui-fg-subtle" as="div">
            {running ? (
              <>
                {t(`metaCatalog.audit.phase.${running.phase}`, { count: looked, number: format.number(looked) })}
                {" · "}
                {t("metaCatalog.audit.begun")} <TimeAgo time={running.started_at} />
              </>
            ) : (
              t(catalog.state === "paused" ? "metaCatalog.audit.waitsForPause" : "metaCatalog.audit.requested")
            )}
          </Text>
          {running?.error && (
            <Text size="small" className="text-ui-tag-orange-text break-words">
              {t("metaCatalog.audit.interrupted", { reason: running.error })}
            </Text>
          )}
        </div>
      )}
    </div>
  )
}

const counts = ["checked", "agree", "above", "below", "missing", "orphans", "other_sources", "skipped", "repaired"] as const

function Result({ result }: { result: Result }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-y-3 px-6 py-4" data-testid="audit-result" data-finished={result.finished_at}>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-3 2xl:grid-cols-5">
        {counts.map((name) => (
          <Count key={name} name={name} value={result[name]} />
        ))}
      </dl>
      <Text size="small" className="text-ui-fg-muted" as="div">
        {t("metaCatalog.audit.finished")} <TimeAgo time={result.finished_at} />
        {result.agree_percent === null && ` · ${t("metaCatalog.audit.noneChecked")}`}
      </Text>
      <Details result={result} />
    </div>
  )
}

function Count({ name, value }: { name: (typeof counts)[number]; value: number }) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <div data-count={name} title={t(`metaCatalog.audit.meaning.${name}`)}>
      <dt>
        <Text size="xsmall" leading="compact" as="span" className="text-ui-fg-muted">
          {t(`metaCatalog.audit.count.${name}`)}
        </Text>
      </dt>
      <dd>
        <Text size="small" leading="compact" as="span" className="tabular-nums">
          {format.number(value)}
        </Text>
      </dd>
    </div>
  )
}

/** What deserves a sentence: where foreign items come from, what was left open, and what a smaller quantity may mean. */
function Details({ result }: { result: Result }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const sources = result.sources.map(({ meta_feed_id, name, items }) => {
    const source = name ?? (meta_feed_id ? t("metaCatalog.audit.sourceFeed", { id: meta_feed_id }) : t("metaCatalog.audit.sourceNone"))
    return `${source} (${format.number(items)})`
  })
  const lines = [
    result.below > 0 ? t("metaCatalog.audit.belowText") : null,
    sources.length > 0 ? t("metaCatalog.audit.sources", { sources: format.list(sources) }) : null,
    result.unconfirmed > 0 ? t("metaCatalog.audit.unconfirmed", { count: result.unconfirmed, number: format.number(result.unconfirmed) }) : null,
  ].filter((line) => line !== null)
  return lines.map((line) => (
    <Text key={line} size="small" className="text-ui-fg-subtle break-words">
      {line}
    </Text>
  ))
}

function AuditButton({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const request = useRequestAudit(status.catalog.id)
  const { requested_at, running } = status.audit

  function run() {
    request.mutate(undefined, {
      onSuccess: () => toast.info(t("metaCatalog.toast.auditRequested")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <Button
      size="small"
      variant="secondary"
      onClick={run}
      isLoading={request.isPending}
      disabled={requested_at !== null || running !== null || status.catalog.state === "paused"}
    >
      {t("metaCatalog.action.audit")}
    </Button>
  )
}
