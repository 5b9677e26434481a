import { Button, Drawer, Input, RadioGroup, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useNavigate } from "react-router-dom"
import type { AdminCatalog } from "../../api/admin/meta-catalog/types"
import { useDisconnectCatalog } from "../hooks/use-catalogs"
import { errorText } from "../lib/api-error"
import { Field } from "./field"

/** Asks how far a disconnect goes. Deleting at Meta takes the typed catalogue id, for it removes the items there. */
export function DisconnectDialog({ catalog, close }: { catalog: AdminCatalog; close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const disconnect = useDisconnectCatalog(catalog.id)
  const [atMeta, setAtMeta] = useState(false)
  const [typedId, setTypedId] = useState("")
  const confirmed = !atMeta || typedId.trim() === catalog.meta_catalog_id

  function run() {
    const body = atMeta ? { delete_at_meta: true, confirm_meta_catalog_id: typedId.trim() } : { delete_at_meta: false }
    disconnect.mutate(body, {
      onSuccess: () => {
        toast.success(t("metaCatalog.toast.disconnected", { name: catalog.name }))
        navigate("/settings/meta-catalog", { replace: true })
      },
    })
  }

  return (
    <Drawer open onOpenChange={(open) => !open && close()}>
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title>{t("metaCatalog.disconnect.title", { name: catalog.name })}</Drawer.Title>
          <Drawer.Description>{t("metaCatalog.disconnect.text")}</Drawer.Description>
        </Drawer.Header>
        <Drawer.Body className="flex flex-1 flex-col gap-y-4 overflow-y-auto">
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
          {disconnect.error && (
            <Text size="small" className="text-ui-fg-error" role="alert">
              {errorText(disconnect.error)}
            </Text>
          )}
        </Drawer.Body>
        <Drawer.Footer>
          <Button size="small" variant="secondary" onClick={close}>
            {t("metaCatalog.action.cancel")}
          </Button>
          <Button size="small" variant="danger" disabled={!confirmed} isLoading={disconnect.isPending} onClick={run}>
            {t(atMeta ? "metaCatalog.action.disconnectAndDelete" : "metaCatalog.action.disconnect")}
          </Button>
        </Drawer.Footer>
      </Drawer.Content>
    </Drawer>
  )
}
