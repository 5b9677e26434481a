import { toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useNavigate } from "react-router-dom"
import { useCatalogForm } from "../../hooks/use-catalog-form"
import { useCreateCatalog, useTestUnsavedConnection } from "../../hooks/use-catalogs"
import { useModalSave } from "../../hooks/use-modal-save"
import { initialValues, isSameConnection, toInput } from "../../lib/catalog-form"
import { CatalogForm } from "./catalog-form"
import { ModalForm } from "../modal-form"
import { TestConnection } from "./test-connection"

/** Connects the store to one more Meta catalogue. */
export function ConnectModal({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [start] = useState(() => initialValues())
  const form = useCatalogForm(start)
  const test = useTestUnsavedConnection()
  const isTested = isSameConnection(form.values, test.variables)
  const save = useModalSave(useCreateCatalog(), {
    close,
    report: ({ catalog }) => {
      toast.success(t("metaCatalog.toast.connected", { name: catalog.name }))
      navigate(`/settings/meta-catalog/${catalog.id}`)
    },
    onError: form.showThrown,
  })

  function runTest() {
    test.mutate(toInput(form.values), { onSuccess: (reply) => form.showTest(reply.test), onError: form.showThrown })
  }

  return (
    <ModalForm
      as="window"
      title={t("metaCatalog.connect.title")}
      text={t("metaCatalog.connect.text")}
      isChanged={form.dirty}
      close={close}
      submit={() => save.run(toInput(form.values))}
      submitText={t("metaCatalog.action.connect")}
      isPending={save.isPending}
    >
      <CatalogForm form={form} test={<TestConnection run={runTest} running={test.isPending} result={isTested ? test.data?.test : undefined} />} />
    </ModalForm>
  )
}
