import { Button, clx, Text, toast } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { usePush } from "../../hooks/use-catalog-status"
import { useFormatters } from "../../hooks/use-formatters"
import { errorText } from "../../lib/api-error"
import { itemStateColor, itemStates, itemStateWord } from "../../lib/item-state"
import { BudgetLines } from "../connection/budget-lines"
import { Section } from "../section"
import { TimeAgo } from "../time-ago"

const barColor: Record<(typeof itemStateColor)[keyof typeof itemStateColor], string> = {
  green: "bg-ui-tag-green-icon",
  blue: "bg-ui-tag-blue-icon",
  orange: "bg-ui-tag-orange-icon",
  red: "bg-ui-tag-red-icon",
  grey: "bg-ui-tag-neutral-icon",
}

/** How many items agree with Meta, how many are on their way, and a button to send what waits. */
export function ItemsSection({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  return (
    <Section title={t("metaCatalog.items.title")} actions={<PushButton status={status} />}>
      <div className="flex flex-col gap-y-3 px-6 py-4">
        <StateBar counts={status.counts} />
        <StateCounts status={status} />
        <div className="flex flex-col gap-y-1">
          <Notes status={status} />
          <BudgetLines status={status} />
        </div>
      </div>
    </Section>
  )
}

type Counts = AdminCatalogStatus["counts"]

function StateBar({ counts }: { counts: Counts }) {
  const total = itemStates.reduce((sum, state) => sum + counts[state], 0)
  return (
    <div className="bg-ui-bg-component flex h-2 w-full gap-x-px overflow-hidden rounded-full" aria-hidden>
      {total > 0 &&
        itemStates
          .filter((state) => counts[state] > 0)
          .map((state) => (
            <div
              key={state}
              className={clx("h-full min-w-1", barColor[itemStateColor[state]])}
              style={{ flexGrow: counts[state], flexBasis: 0 }}
            />
          ))}
    </div>
  )
}

function StateCounts({ status: { counts, catalog } }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3 2xl:grid-cols-5" data-testid="item-counts">
      {itemStates.map((state) => (
        <div key={state} className="flex flex-col" data-state={state}>
          <dt className="flex items-center gap-x-2">
            <span className={clx("size-2 shrink-0 rounded-sm", barColor[itemStateColor[state]])} aria-hidden />
            <Text size="xsmall" leading="compact" as="span" className="text-ui-fg-subtle">
              {t(`metaCatalog.itemState.${itemStateWord(state, catalog.transport)}`)}
            </Text>
          </dt>
          <dd>
            <Text size="large" weight="plus" as="span" className="tabular-nums">
              {format.number(counts[state])}
            </Text>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Notes({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { items, discontinued } = status.counts
  return (
    <Text size="small" className="text-ui-fg-muted" as="div">
      {t("metaCatalog.items.total", { count: items, number: format.number(items) })}
      {discontinued > 0 && ` ${t("metaCatalog.items.discontinued", { count: discontinued, number: format.number(discontinued) })}`}
      {status.pending_since && (
        <>
          {" "}
          {t("metaCatalog.items.pendingSince")} <TimeAgo time={status.pending_since} />
        </>
      )}
    </Text>
  )
}

function PushButton({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const push = usePush(status.catalog.id)

  function run() {
    push.mutate(undefined, {
      onSuccess: () => toast.info(t("metaCatalog.toast.pushStarted")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <Button size="small" variant="secondary" onClick={run} isLoading={push.isPending} disabled={status.catalog.state === "paused"}>
      {t("metaCatalog.action.push")}
    </Button>
  )
}
