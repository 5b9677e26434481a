import { Spinner } from "@medusajs/icons"
import { Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../api/admin/meta-catalog/catalog-types"
import { useFormatters } from "../hooks/use-formatters"
import { activities, type Activity } from "../lib/activity"

/** What is under way right now, in words; read out politely as it changes, and empty when nothing is. */
export function ActivityLine({ status }: { status: AdminCatalogStatus }) {
  const running = activities(status)
  return (
    <div aria-live="polite" data-testid="activity">
      {running.length > 0 && (
        <ul className="flex flex-col gap-y-1 border-t px-6 py-3">
          {running.map((activity, index) => (
            <ActivityText key={`${index} ${activity.kind}`} activity={activity} />
          ))}
        </ul>
      )}
    </div>
  )
}

function ActivityText({ activity }: { activity: Activity }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const count = "rows" in activity ? activity.rows : "items" in activity ? activity.items : 0
  return (
    <li className="flex items-center gap-x-2">
      <Spinner className="text-ui-fg-interactive shrink-0 animate-spin" />
      <Text size="small" leading="compact" className="text-ui-fg-subtle">
        {t(`metaCatalog.activity.${activity.kind}`, { count, number: format.number(count) })}
      </Text>
    </li>
  )
}
