import { Button, toast } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useTestConnection } from "../../hooks/use-catalogs"
import { errorText } from "../../lib/api-error"

/** Tests the stored connection of a catalogue; what it finds appears in the connection section. */
export function TestButton({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const test = useTestConnection(catalog.id)

  function run() {
    test.mutate(undefined, {
      onSuccess: ({ test }) =>
        test.ok ? toast.success(t("metaCatalog.toast.testPassed")) : toast.error(t("metaCatalog.toast.testFailed")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <Button size="small" variant="secondary" onClick={run} isLoading={test.isPending}>
      {t("metaCatalog.action.testConnection")}
    </Button>
  )
}
