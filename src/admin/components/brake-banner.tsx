import { Alert, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../api/admin/meta-catalog/types"
import { useFormatters } from "../hooks/use-formatters"

/** Says that a mass change was held back, how large it is, and where to let it pass. */
export function BrakeBanner({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const format = useFormatters()
  if (!catalog.brake_held) {
    return null
  }
  const { selling, unavailable, at } = catalog.brake_held
  return (
    <Alert variant="warning" role="alert" className="bg-ui-bg-base shadow-elevation-card-rest border-none p-4">
      <Text size="small" weight="plus">
        {t("metaCatalog.brake.title")}
      </Text>
      <Text size="small">
        {t("metaCatalog.brake.text", {
          time: format.time(at),
          unavailable: format.number(unavailable),
          selling: format.number(selling),
          share: catalog.brake_share_percent,
        })}
      </Text>
    </Alert>
  )
}
