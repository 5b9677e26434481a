import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useCatalogForm } from "../../hooks/use-catalog-form"
import { useTestConnection, useTestUnsavedConnection, useUpdateCatalog } from "../../hooks/use-catalogs"
import { useModalSave } from "../../hooks/use-modal-save"
import { initialValues, isSameConnection, toInput, toUpdate } from "../../lib/catalog-form"
import { CatalogForm } from "./catalog-form"
import { ModalForm } from "../modal-form"
import { TestConnection } from "./test-connection"

/** Edits the connection of one catalogue. */
export function EditDrawer({ catalog, close }: { catalog: AdminCatalog; close: () => void }) {
  const { t } = useTranslation()
  const [start] = useState(() => initialValues(catalog))
  const form = useCatalogForm(start)
  const save = useModalSave(useUpdateCatalog(catalog.id), { close, report: t("metaCatalog.toast.saved"), onError: form.showThrown })
  const test = useFormTest(catalog, form)
  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.edit.title", { name: catalog.name })}
      text={t("metaCatalog.edit.text")}
      isTextHidden
      isChanged={form.dirty}
      close={close}
      submit={() => save.run(toUpdate(form.values, catalog))}
      submitText={t("metaCatalog.action.save")}
      isPending={save.isPending}
    >
      <CatalogForm form={form} catalog={catalog} test={<TestConnection {...test} />} />
    </ModalForm>
  )
}

/** A newly typed token is tested as typed; without one the stored connection is tested, for its token cannot be read back. */
function useFormTest(catalog: AdminCatalog, form: ReturnType<typeof useCatalogForm>) {
  const stored = useTestConnection(catalog.id)
  const typed = useTestUnsavedConnection()
  const isTyped = form.values.access_token.trim() !== ""
  const used = isTyped ? typed : stored
  const isTested = !isTyped || isSameConnection(form.values, typed.variables)
  const on = { onSuccess: (reply: { test: Parameters<typeof form.showTest>[0] }) => form.showTest(reply.test), onError: form.showThrown }
  return {
    run: () => (isTyped ? typed.mutate(toInput(form.values), on) : stored.mutate(undefined, on)),
    running: used.isPending,
    result: isTested ? used.data?.test : undefined,
  }
}
