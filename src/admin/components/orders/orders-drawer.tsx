import { Input, RadioGroup } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useUpdateCatalog } from "../../hooks/use-catalogs"
import { useModalSave } from "../../hooks/use-modal-save"
import { fieldMessages } from "../../lib/api-error"
import { Field } from "../field"
import { ModalForm } from "../modal-form"

const modes = ["off", "seller", "platform"] as const
const fields = ["orders_mode", "orders_owner_id", "orders_key"] as const

/** Who subtracts orders at Meta, whose orders are read, and how a Medusa order names the one it stands for. */
export function OrdersDrawer({ catalog, close }: { catalog: AdminCatalog; close: () => void }) {
  const { t } = useTranslation()
  const save = useModalSave(useUpdateCatalog(catalog.id), { close, report: t("metaCatalog.toast.saved") })
  const [mode, setMode] = useState<(typeof modes)[number]>(catalog.orders_mode)
  const [ownerId, setOwnerId] = useState(catalog.orders_owner_id ?? "")
  const [key, setKey] = useState(catalog.orders_key)
  const errors = save.error ? fieldMessages(save.error, fields) : {}
  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.orders.title")}
      text={t("metaCatalog.orders.closedText")}
      isChanged={mode !== catalog.orders_mode || ownerId !== (catalog.orders_owner_id ?? "") || key !== catalog.orders_key}
      close={close}
      submit={() => save.run({ orders_mode: mode, orders_owner_id: ownerId.trim(), orders_key: key.trim() })}
      submitText={t("metaCatalog.action.save")}
      isPending={save.isPending}
      error={errors.orders_mode ?? errors.form}
    >
      <RadioGroup aria-label={t("metaCatalog.orders.title")} value={mode} onValueChange={(value) => setMode(modes.find((known) => known === value) ?? "off")}>
        {modes.map((value) => (
          <RadioGroup.ChoiceBox
            key={value}
            value={value}
            label={t(`metaCatalog.orders.mode.${value}.label`)}
            description={t(`metaCatalog.orders.mode.${value}.text`)}
          />
        ))}
      </RadioGroup>
      {mode !== "off" && (
        <>
          <Field id="orders_owner_id" label={t("metaCatalog.orders.owner.label")} hint={t("metaCatalog.orders.owner.hint")} error={errors.orders_owner_id}>
            {(control) => <Input {...control} inputMode="numeric" autoComplete="off" value={ownerId} onChange={(event) => setOwnerId(event.target.value)} />}
          </Field>
          <Field id="orders_key" label={t("metaCatalog.orders.key.label")} hint={t("metaCatalog.orders.key.hint")} error={errors.orders_key}>
            {(control) => <Input {...control} autoComplete="off" value={key} onChange={(event) => setKey(event.target.value)} />}
          </Field>
        </>
      )}
    </ModalForm>
  )
}
