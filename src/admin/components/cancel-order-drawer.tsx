import { Button, Drawer, RadioGroup, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog, AdminOrder } from "../../api/admin/meta-catalog/types"
import { useCancelOrder } from "../hooks/use-orders"
import { errorText } from "../lib/api-error"
import { ChoiceSelect } from "./choice-select"
import { Field } from "./field"

const reasons = ["OUT_OF_STOCK", "CUSTOMER_REQUESTED", "INVALID_ADDRESS", "SUSPICIOUS_ORDER", "CANCEL_REASON_OTHER"] as const

/** Asks why a whole order is cancelled at Meta and whether its units may be bought again there, and cancels it. */
export function CancelOrderDrawer({ catalog, order, close }: { catalog: AdminCatalog; order: AdminOrder; close: () => void }) {
  const { t } = useTranslation()
  const cancel = useCancelOrder(catalog.id, order.meta_order_id)
  const [reason, setReason] = useState<string>(reasons[0])
  const [restock, setRestock] = useState(false)

  function run() {
    cancel.mutate(
      { reason_code: reason, restock_items: restock },
      {
        onSuccess: ({ cancellation }) => {
          const say = cancellation.status === "refused" ? toast.error : toast.success
          say(t(`metaCatalog.orders.cancel.status.${cancellation.status}`), { description: cancellation.error ?? undefined })
          close()
        },
      }
    )
  }

  return (
    <Drawer open onOpenChange={(open) => !open && close()}>
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title>{t("metaCatalog.orders.cancel.title", { id: order.meta_order_id })}</Drawer.Title>
          <Drawer.Description>{t("metaCatalog.orders.cancel.text")}</Drawer.Description>
        </Drawer.Header>
        <Drawer.Body className="flex flex-1 flex-col gap-y-6 overflow-y-auto">
          <Field id="reason_code" label={t("metaCatalog.orders.cancel.reasonLabel")}>
            {(control) => (
              <ChoiceSelect
                control={control}
                value={reason}
                onChange={setReason}
                choices={reasons.map((value) => ({ value, label: t(`metaCatalog.orders.cancel.reason.${value}`) }))}
              />
            )}
          </Field>
          <RadioGroup value={restock ? "back" : "away"} onValueChange={(value) => setRestock(value === "back")}>
            {(["away", "back"] as const).map((value) => (
              <RadioGroup.ChoiceBox
                key={value}
                value={value}
                label={t(`metaCatalog.orders.cancel.restock.${value}.label`)}
                description={t(`metaCatalog.orders.cancel.restock.${value}.text`)}
              />
            ))}
          </RadioGroup>
          {cancel.error && (
            <Text size="small" className="text-ui-fg-error" role="alert">
              {errorText(cancel.error)}
            </Text>
          )}
        </Drawer.Body>
        <Drawer.Footer>
          <Button size="small" variant="secondary" onClick={close}>
            {t("metaCatalog.orders.cancel.keep")}
          </Button>
          <Button size="small" variant="danger" isLoading={cancel.isPending} onClick={run}>
            {t("metaCatalog.orders.cancel.action")}
          </Button>
        </Drawer.Footer>
      </Drawer.Content>
    </Drawer>
  )
}
