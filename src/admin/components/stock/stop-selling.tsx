import { Button, toast, usePrompt } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useStopSelling } from "../../hooks/use-selling"
import { errorText } from "../../lib/api-error"

/** Stops selling everything on Meta, after a person has read what that does. Gone while everything is stopped already. */
export function StopSelling({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const prompt = usePrompt()
  const stop = useStopSelling(catalog.id)
  if (catalog.panic_since && !catalog.panic_scope) {
    return null
  }

  async function ask() {
    const sure = await prompt({
      title: t("metaCatalog.panic.ask.title", { name: catalog.name }),
      description: [t("metaCatalog.panic.ask.text"), catalog.state === "paused" && t("metaCatalog.panic.paused")].filter(Boolean).join(" "),
      confirmText: t("metaCatalog.action.stopSelling"),
      cancelText: t("metaCatalog.action.cancel"),
      variant: "danger",
    })
    if (sure) {
      stop.mutate(undefined, {
        onSuccess: () => toast.success(t("metaCatalog.toast.sellingStopped")),
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
