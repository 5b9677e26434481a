import { Skeleton } from "@medusajs/ui"
import { useTranslation } from "react-i18next"

/** Placeholder lines while data is read the first time. */
export function LoadingRows({ rows = 3 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-y-3 px-6 py-4" role="status" aria-label={t("metaCatalog.general.loading")}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className="h-5 w-full" />
      ))}
    </div>
  )
}
