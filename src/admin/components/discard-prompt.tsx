import { Prompt } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { GuardedClose } from "../hooks/use-guarded-close"

/** Asks before a closing dialog, or a page that is left, throws away what was typed. Stands inside that dialog, so that it comes to lie above it. */
export function DiscardPrompt({ guard }: { guard: Pick<GuardedClose, "asking" | "keep" | "discard"> }) {
  const { t } = useTranslation()
  return (
    <Prompt open={guard.asking} onOpenChange={(open) => !open && guard.keep()} variant="confirmation">
      <Prompt.Content>
        <Prompt.Header>
          <Prompt.Title>{t("metaCatalog.form.discard.title")}</Prompt.Title>
          <Prompt.Description>{t("metaCatalog.form.discard.text")}</Prompt.Description>
        </Prompt.Header>
        <Prompt.Footer>
          <Prompt.Cancel type="button">{t("metaCatalog.form.discard.cancel")}</Prompt.Cancel>
          <Prompt.Action type="button" onClick={guard.discard}>
            {t("metaCatalog.form.discard.confirm")}
          </Prompt.Action>
        </Prompt.Footer>
      </Prompt.Content>
    </Prompt>
  )
}
