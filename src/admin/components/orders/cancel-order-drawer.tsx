import { RadioGroup, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminOrder } from "../../../api/admin/meta-catalog/order-types"
import { useModalSave } from "../../hooks/use-modal-save"
import { useCancelOrder } from "../../hooks/use-orders"
import { errorText } from "../../lib/api-error"
import { ChoiceSelect } from "../choice-select"
import { Field } from "../field"
import { ModalForm } from "../modal-form"

const reasons = ["OUT_OF_STOCK", "CUSTOMER_REQUESTED", "INVALID_ADDRESS", "SUSPICIOUS_ORDER", "CANCEL_REASON_OTHER"] as const

/** Asks why a whole order is cancelled at Meta and whether its units may be bought again there, and cancels it. */
export function CancelOrderDrawer({ catalog, order, close }: { catalog: AdminCatalog; order: AdminOrder; close: () => void }) {
  const { t } = useTranslation()
  const cancel = useModalSave(useCancelOrder(catalog.id, order.meta_order_id), {
    close,
    report: ({ cancellation }) => {
      const say = cancellation.status === "refused" ? toast.error : toast.success
      say(t(`metaCatalog.orders.cancel.status.${cancellation.status}`), { description: cancellation.error ?? undefined })
    },
  })
  const [reason, setReason] = useState<string>(reasons[0])
  const [restock, setRestock] = useState(false)
  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.orders.cancel.title", { id: order.meta_order_id })}
      text={t("metaCatalog.orders.cancel.text")}
      isChanged={false}
      close={close}
      submit={() => cancel.run({ reason_code: reason, restock_items: restock })}
      submitText={t("metaCatalog.orders.cancel.action")}
      cancelText={t("metaCatalog.orders.cancel.keep")}
      isPending={cancel.isPending}
      isDangerous
      error={cancel.error ? errorText(cancel.error) : undefined}
    >
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
    </ModalForm>
  )
}
