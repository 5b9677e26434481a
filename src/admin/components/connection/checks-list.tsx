import { CheckCircleSolid, MinusCircle, XCircleSolid } from "@medusajs/icons"
import { Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminConnectionTest } from "../../../api/admin/meta-catalog/catalog-types"

type Check = AdminConnectionTest["checks"][number]

/** The result of *Test connection*: each check with its outcome in words. */
export function ChecksList({ test }: { test: AdminConnectionTest }) {
  return (
    <ul className="flex flex-col gap-y-2">
      {test.checks.map((check) => (
        <CheckLine key={check.check} check={check} />
      ))}
    </ul>
  )
}

function CheckLine({ check }: { check: Check }) {
  const { t } = useTranslation()
  const outcome = check.ok === null ? "notReached" : check.ok ? "works" : "fails"
  return (
    <li className="flex items-start gap-x-2" data-check={check.check} data-outcome={outcome}>
      <span className="mt-0.5 shrink-0" role="img" aria-label={t(`metaCatalog.check.outcome.${outcome}`)}>
        <OutcomeIcon ok={check.ok} />
      </span>
      <div className="min-w-0">
        <Text size="small" leading="compact" weight="plus">
          {t(`metaCatalog.check.name.${check.check}`, { defaultValue: check.check })}
        </Text>
        <Text size="small" className="text-ui-fg-subtle break-words">
          {check.message}
        </Text>
      </div>
    </li>
  )
}

function OutcomeIcon({ ok }: { ok: boolean | null }) {
  if (ok === null) {
    return <MinusCircle className="text-ui-fg-muted" />
  }
  return ok ? <CheckCircleSolid className="text-ui-tag-green-icon" /> : <XCircleSolid className="text-ui-tag-red-icon" />
}
