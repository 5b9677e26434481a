import { Alert, Button } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import { errorText } from "../lib/api-error"

/** Shown where data could not be read; keeps the page usable and offers another try. */
export function LoadError({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="px-6 py-4">
      <Alert variant="error">
        <div className="flex flex-col items-start gap-y-2">
          <span>{t("metaCatalog.general.loadFailed", { reason: errorText(error) })}</span>
          <Button size="small" variant="secondary" onClick={retry}>
            {t("metaCatalog.general.retry")}
          </Button>
        </div>
      </Alert>
    </div>
  )
}
