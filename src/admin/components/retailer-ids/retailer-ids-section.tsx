import { Button, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminRetailerIds } from "../../../api/admin/meta-catalog/retailer-id-types"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useFormatters } from "../../hooks/use-formatters"
import { isMoving, useCancelSwitch, useRetailerIds } from "../../hooks/use-retailer-ids"
import { errorText } from "../../lib/api-error"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Section } from "../section"
import { SwitchIdsModal } from "./switch-ids-modal"

/** What the items are called at Meta, with a planned way to call them otherwise. */
export function RetailerIdsSection({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useRetailerIds(catalog.id)
  const [isOpen, setOpen] = useState(false)
  return (
    <Section
      title={t("metaCatalog.ids.title")}
      actions={
        data &&
        !isMoving(data) && (
          <Button size="small" variant="secondary" onClick={() => setOpen(true)}>
            {t("metaCatalog.ids.switch")}
          </Button>
        )
      }
    >
      {!data && (error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={1} />)}
      {data && (
        <div className="flex flex-col gap-y-3 px-6 py-4" data-testid="retailer-ids" data-scheme={data.scheme} data-moving={isMoving(data)}>
          <Text size="small" className="text-ui-fg-subtle">
            {t("metaCatalog.ids.scheme", { scheme: t(`metaCatalog.retailerIdScheme.${data.scheme}`) })}
          </Text>
          <Progress data={data} />
          {data.counts.planned > 0 && <Cancel catalogId={catalog.id} />}
        </div>
      )}
      {isOpen && data && <SwitchIdsModal catalog={catalog} from={data.scheme} close={() => setOpen(false)} />}
    </Section>
  )
}

const parts = ["planned", "travelling", "arrived"] as const

function Progress({ data }: { data: AdminRetailerIds }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { counts } = data
  if (parts.every((part) => counts[part] === 0)) {
    return null
  }
  const all = parts.reduce((sum, part) => sum + counts[part], 0)
  return (
    <div className="flex flex-col gap-y-2" aria-live="polite">
      <progress className="accent-ui-fg-interactive h-2 w-full" max={all} value={counts.arrived} aria-label={t("metaCatalog.ids.progress")} />
      <dl className="flex flex-col gap-y-1">
        {parts.map((part) => (
          <div key={part} className="flex items-baseline justify-between gap-x-4" data-part={part}>
            <dt className="txt-small text-ui-fg-subtle">{t(`metaCatalog.ids.part.${part}`, { count: data.previous_id_days })}</dt>
            <dd className="txt-small font-medium tabular-nums">{format.number(counts[part])}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** Possible until a file with the new ids is published; the API says so where it is too late. */
function Cancel({ catalogId }: { catalogId: string }) {
  const { t } = useTranslation()
  const cancel = useCancelSwitch(catalogId)
  return (
    <Button
      size="small"
      variant="secondary"
      className="self-start"
      isLoading={cancel.isPending}
      onClick={() =>
        cancel.mutate(undefined, {
          onSuccess: () => toast.success(t("metaCatalog.ids.cancelled")),
          onError: (error) => toast.error(errorText(error)),
        })
      }
    >
      {t("metaCatalog.ids.cancel")}
    </Button>
  )
}
