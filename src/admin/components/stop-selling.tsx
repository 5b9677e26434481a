import { Button, toast, usePrompt } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../api/admin/meta-catalog/types"
import { useStopSelling } from "../hooks/use-selling"
import { useFormatters } from "../hooks/use-formatters"
import { errorText } from "../lib/api-error"

/** Stops selling everything on Meta, after a person has read what that does. Gone while everything is stopped already. */
export function StopSelling({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const prompt = usePrompt()
  const stop = useStopSelling(catalog.id)
  if (catalog.panic_since && !catalog.panic_scope) {
    return null
  }

  async function ask() {
    const sure = await prompt({
      title: t("metaCatalog.panic.ask.title", { name: catalog.name }),
      description: t("metaCatalog.panic.ask.text"),
      confirmText: t("metaCatalog.action.stopSelling"),
      cancelText: t("metaCatalog.action.cancel"),
      variant: "danger",
    })
    if (sure) {
      stop.mutate(undefined, {
        onSuccess: ({ items }) => toast.success(t("metaCatalog.toast.sellingStopped", { count: items, number: format.number(items) })),
        onError: (error) => toast.error(errorText(error)),
      })
    }
  }

  return (
    <Button size="small" variant="danger" onClick={ask} isLoading={stop.isPending}>
      {t("metaCatalog.action.stopSelling")}
    </Button>
  )
}
