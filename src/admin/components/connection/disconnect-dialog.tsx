import { Input, RadioGroup, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useNavigate } from "react-router-dom"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useDisconnectCatalog } from "../../hooks/use-catalogs"
import { useModalSave } from "../../hooks/use-modal-save"
import { errorText } from "../../lib/api-error"
import { Field } from "../field"
import { ModalForm } from "../modal-form"

/** Asks how far a disconnect goes. Deleting at Meta takes the typed catalogue id, for it removes the items there. */
export function DisconnectDialog({ catalog, close }: { catalog: AdminCatalog; close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const disconnect = useModalSave(useDisconnectCatalog(catalog.id), {
    close,
    report: () => {
      toast.success(t("metaCatalog.toast.disconnected", { name: catalog.name }))
      navigate("/settings/meta-catalog", { replace: true })
    },
  })
  const [atMeta, setAtMeta] = useState(false)
  const [typedId, setTypedId] = useState("")
  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.disconnect.title", { name: catalog.name })}
      text={t("metaCatalog.disconnect.text")}
      isChanged={false}
      close={close}
      submit={() => disconnect.run(atMeta ? { delete_at_meta: true, confirm_meta_catalog_id: typedId.trim() } : { delete_at_meta: false })}
      submitText={t(atMeta ? "metaCatalog.action.disconnectAndDelete" : "metaCatalog.action.disconnect")}
      isReady={!atMeta || typedId.trim() === catalog.meta_catalog_id}
      isPending={disconnect.isPending}
      isDangerous
      error={disconnect.error ? errorText(disconnect.error) : undefined}
    >
      <RadioGroup value={atMeta ? "meta" : "here"} onValueChange={(value) => setAtMeta(value === "meta")}>
        <RadioGroup.ChoiceBox
          value="here"
          label={t("metaCatalog.disconnect.here.label")}
          description={t("metaCatalog.disconnect.here.text")}
        />
        <RadioGroup.ChoiceBox
          value="meta"
          label={t("metaCatalog.disconnect.meta.label")}
          description={t("metaCatalog.disconnect.meta.text")}
        />
      </RadioGroup>
      {atMeta && (
        <Field
          id="confirm_meta_catalog_id"
          label={t("metaCatalog.disconnect.confirm", { id: catalog.meta_catalog_id })}
        >
          {(control) => (
            <Input {...control} autoComplete="off" value={typedId} onChange={(event) => setTypedId(event.target.value)} />
          )}
        </Field>
      )}
    </ModalForm>
  )
}
