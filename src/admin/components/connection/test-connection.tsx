import { Button, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminConnectionTest } from "../../../api/admin/meta-catalog/catalog-types"
import { ChecksList } from "./checks-list"

export type TestConnectionProps = {
  /** Starts the test. */
  run: () => void
  running: boolean
  result: AdminConnectionTest | undefined
}

/** The *Test connection* button inside the form, and what the test found. */
export function TestConnection({ run, running, result }: TestConnectionProps) {
  const { t } = useTranslation()
  return (
    <div className="bg-ui-bg-subtle shadow-borders-base flex flex-col gap-y-3 rounded-lg p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Text size="small" className="text-ui-fg-subtle">
          {t("metaCatalog.form.testHint")}
        </Text>
        <Button type="button" size="small" variant="secondary" onClick={run} isLoading={running}>
          {t("metaCatalog.action.testConnection")}
        </Button>
      </div>
      <div aria-live="polite" className="empty:hidden">
        {result && <ChecksList test={result} />}
      </div>
    </div>
  )
}
