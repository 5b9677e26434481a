import { Button, Drawer, Input, RadioGroup, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../api/admin/meta-catalog/types"
import { useUpdateCatalog } from "../hooks/use-catalogs"
import { fieldMessages } from "../lib/api-error"
import { Field } from "./field"

const modes = ["off", "seller", "platform"] as const
const fields = ["orders_mode", "orders_owner_id", "orders_key"] as const

/** Who subtracts orders at Meta, whose orders are read, and how a Medusa order names the one it stands for. */
export function OrdersDrawer({ catalog, close }: { catalog: AdminCatalog; close: () => void }) {
  const { t } = useTranslation()
  const update = useUpdateCatalog(catalog.id)
  const [mode, setMode] = useState<(typeof modes)[number]>(catalog.orders_mode)
  const [ownerId, setOwnerId] = useState(catalog.orders_owner_id ?? "")
  const [key, setKey] = useState(catalog.orders_key)
  const errors = update.error ? fieldMessages(update.error, fields) : {}

  function save(event: FormEvent) {
    event.preventDefault()
    update.mutate(
      { orders_mode: mode, orders_owner_id: ownerId.trim(), orders_key: key.trim() },
      {
        onSuccess: () => {
          toast.success(t("metaCatalog.toast.saved"))
          close()
        },
      }
    )
  }

  return (
    <Drawer open onOpenChange={(open) => !open && close()}>
      <Drawer.Content>
        <form onSubmit={save} noValidate className="flex flex-1 flex-col overflow-hidden">
          <Drawer.Header>
            <Drawer.Title>{t("metaCatalog.orders.title")}</Drawer.Title>
            <Drawer.Description>{t("metaCatalog.orders.closedText")}</Drawer.Description>
          </Drawer.Header>
          <Drawer.Body className="flex flex-1 flex-col gap-y-6 overflow-y-auto">
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
            {(errors.orders_mode ?? errors.form) && (
              <Text size="small" className="text-ui-fg-error" role="alert">
                {errors.orders_mode ?? errors.form}
              </Text>
            )}
          </Drawer.Body>
          <Drawer.Footer>
            <Button type="button" size="small" variant="secondary" onClick={close}>
              {t("metaCatalog.action.cancel")}
            </Button>
            <Button type="submit" size="small" isLoading={update.isPending}>
              {t("metaCatalog.action.save")}
            </Button>
          </Drawer.Footer>
        </form>
      </Drawer.Content>
    </Drawer>
  )
}
