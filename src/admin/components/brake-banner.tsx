import { Alert, Button, Text, toast } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"
import { useReleaseBrake } from "../hooks/use-catalogs"
import { useFormatters } from "../hooks/use-formatters"
import { errorText } from "../lib/api-error"

/** Says that a mass change was held back, how large it is, and lets it pass on a person's word. */
export function BrakeBanner({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const release = useReleaseBrake(catalog.id)
  if (!catalog.brake_held) {
    return null
  }
  const { selling, unavailable, at } = catalog.brake_held

  function letPass() {
    release.mutate(undefined, {
      onSuccess: () => toast.success(t("metaCatalog.toast.brakeReleased")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <Alert variant="warning" role="alert" className="bg-ui-bg-base shadow-elevation-card-rest border-none p-4">
      <div className="flex flex-col items-start gap-y-2">
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
        <Button size="small" variant="secondary" onClick={letPass} isLoading={release.isPending}>
          {t("metaCatalog.action.letPass")}
        </Button>
      </div>
    </Alert>
  )
}
