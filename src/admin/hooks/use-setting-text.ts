import { useCallback } from "react"
import { useTranslation } from "react-i18next"
import { stockFields, type StockField, type StockValues } from "../lib/stock-form"
import { useFormatters } from "./use-formatters"

/** Says one setting in a word or a number, as a list of settings shows it. */
export function useSettingText(): (field: StockField, value: StockValues[StockField]) => string {
  const { t } = useTranslation()
  const format = useFormatters()
  return useCallback(
    (field, value) => {
      if (Array.isArray(value)) {
        const count = value.length
        return count === 0 ? t("metaCatalog.stock.value.allLocations") : t("metaCatalog.stock.value.locations", { count, number: format.number(count) })
      }
      if (typeof value === "boolean") {
        return t(value ? "metaCatalog.general.yes" : "metaCatalog.general.no")
      }
      if (value === undefined || value === "") {
        return t("metaCatalog.stock.value.notSet")
      }
      if (field === "service_level") {
        return format.percent(Number(value))
      }
      return stockFields[field] === "choice" ? t(`metaCatalog.stock.choice.${field}.${value}`) : value
    },
    [t, format]
  )
}
