import { Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { useFormatters } from "../../hooks/use-formatters"
import { TimeAgo } from "../time-ago"

/** Above this, changes are collected for longer than a person would expect. */
const usualWindowMs = 1_000

/** The hour's calls to Meta, how long changes are collected, and when sending resumes where it is interrupted. */
export function BudgetLines({ status }: { status: AdminCatalogStatus }) {
  return (
    <div className="flex flex-col gap-y-1" data-testid="budget">
      {status.catalog.transport === "items_batch" && <Calls budget={status.budget} />}
      <Resumes status={status} />
    </div>
  )
}

/** Not for items that are updated one by one: those calls are no batch calls, and there are plenty of them. */
function Calls({ budget }: Pick<AdminCatalogStatus, "budget">) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { calls_last_hour, calls_per_hour, usage_percent, usage_seen_at, window_ms } = budget
  return (
    <>
      <Text size="small" className="text-ui-fg-muted" as="div">
        {t("metaCatalog.budget.calls", { made: format.number(calls_last_hour), most: format.number(calls_per_hour) })}
        {usage_percent !== null && usage_seen_at && (
          <>
            {" · "}
            {t("metaCatalog.budget.usage", { percent: format.number(usage_percent) })} (<TimeAgo time={usage_seen_at} />)
          </>
        )}
      </Text>
      {window_ms > usualWindowMs && (
        <Text size="small" className="text-ui-fg-muted">
          {t("metaCatalog.budget.window", { time: format.duration(window_ms) })}
        </Text>
      )}
    </>
  )
}

function Resumes({ status: { budget, catalog } }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const isAhead = budget.resumes_at !== null && new Date(budget.resumes_at) > new Date()
  return (
    <div aria-live="polite">
      {isAhead && catalog.state === "active" && (
        <Text size="small" className="text-ui-tag-orange-text" data-testid="resumes">
          {t("metaCatalog.budget.resumes", { time: format.clock(budget.resumes_at!) })}{" "}
          {budget.resumes_reason && t(`metaCatalog.budget.reason.${budget.resumes_reason}`)}
        </Text>
      )}
    </div>
  )
}
