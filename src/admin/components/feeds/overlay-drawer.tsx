import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminOverlay } from "../../../api/admin/meta-catalog/overlay-types"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { useModalSave } from "../../hooks/use-modal-save"
import { useChangeOverlay, useCreateOverlay } from "../../hooks/use-overlays"
import { feedErrors } from "../../lib/api-error"
import { isOverlayReady, newOverlayValues, overlayKind, overlayValues, toNewOverlay, toOverlayChange, type OverlayValues } from "../../lib/overlay-form"
import { ModalForm } from "../modal-form"
import { OverlayFields } from "./overlay-fields"

export type OverlayDrawerProps = { overlay?: AdminOverlay; status: AdminCatalogStatus; close: () => void }

/** Makes a feed over the items of others, or changes one. */
export function OverlayDrawer({ overlay, status, close }: OverlayDrawerProps) {
  return overlay ? <ChangeOverlay overlay={overlay} status={status} close={close} /> : <NewOverlay status={status} close={close} />
}

function NewOverlay({ status, close }: Pick<OverlayDrawerProps, "status" | "close">) {
  const { t } = useTranslation()
  const [start] = useState(() => newOverlayValues(status.feeds.map(({ id }) => id)))
  const [values, setValues] = useState(start)
  const save = useModalSave(useCreateOverlay(status.catalog.id), { close, report: t("metaCatalog.overlays.created") })
  const errors = save.error ? feedErrors(save.error) : {}
  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.overlays.add")}
      text={t("metaCatalog.overlays.text")}
      isChanged={values !== start}
      close={close}
      submit={() => save.run(toNewOverlay(values))}
      submitText={t("metaCatalog.action.createFeed")}
      isReady={isOverlayReady(values)}
      isPending={save.isPending}
      error={errors.form}
    >
      <OverlayFields values={values} setValues={(changed) => (setValues(changed), save.forget())} errors={errors} status={status} />
    </ModalForm>
  )
}

function ChangeOverlay({ overlay, status, close }: Required<OverlayDrawerProps>) {
  const { t } = useTranslation()
  const [start] = useState(() => overlayValues(overlay))
  const [values, setValues] = useState<OverlayValues>(start)
  const save = useModalSave(useChangeOverlay(overlay), { close, report: t("metaCatalog.toast.feedChanged") })
  const errors = save.error ? feedErrors(save.error) : {}
  const change = toOverlayChange(values, start)
  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.feedForm.title")}
      text={t(`metaCatalog.overlays.nameOf.${overlayKind(overlay)}`, { value: overlay.override_value })}
      isChanged={JSON.stringify(values) !== JSON.stringify(start)}
      close={close}
      submit={() => save.run(change)}
      submitText={t("metaCatalog.action.save")}
      isReady={Object.keys(change).length > 0 && isOverlayReady(values)}
      isPending={save.isPending}
      error={errors.form}
    >
      <OverlayFields
        values={values}
        setValues={(changed) => (setValues(changed), save.forget())}
        errors={errors}
        status={status}
        overlay={overlay}
      />
    </ModalForm>
  )
}
