import { useCallback } from "react"
import { useTranslation } from "react-i18next"
import { changeReason } from "../lib/change-reason"

/** Says what a change came from; a reason that has no words here is shown as the API tells it. */
export function useChangeReason(): (reason: string) => string {
  const { t } = useTranslation()
  return useCallback(
    (reason) => {
      const word = changeReason(reason)
      return word ? t(`metaCatalog.reason.${word}`) : reason
    },
    [t]
  )
}
