import { usePrompt } from "@medusajs/ui"
import { useTranslation } from "react-i18next"

/** Returns an `onOpenChange` that asks before it throws away what was typed. */
export function useGuardedClose(dirty: boolean, setOpen: (open: boolean) => void) {
  const { t } = useTranslation()
  const prompt = usePrompt()
  return async function onOpenChange(open: boolean) {
    const discard =
      open ||
      !dirty ||
      (await prompt({
        title: t("metaCatalog.form.discard.title"),
        description: t("metaCatalog.form.discard.text"),
        confirmText: t("metaCatalog.form.discard.confirm"),
        cancelText: t("metaCatalog.form.discard.cancel"),
      }))
    if (discard) {
      setOpen(open)
    }
  }
}
