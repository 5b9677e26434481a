import { Button, Drawer, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../api/admin/meta-catalog/types"
import { useCatalogForm } from "../hooks/use-catalog-form"
import { useTestConnection, useTestUnsavedConnection, useUpdateCatalog } from "../hooks/use-catalogs"
import { useGuardedClose } from "../hooks/use-guarded-close"
import { initialValues, isSameConnection, toInput, toUpdate } from "../lib/catalog-form"
import { CatalogForm } from "./catalog-form"
import { DiscardPrompt } from "./discard-prompt"
import { TestConnection } from "./test-connection"

/** Edits the connection of one catalogue. */
export function EditDrawer({ catalog, close }: { catalog: AdminCatalog; close: () => void }) {
  const { t } = useTranslation()
  const [start] = useState(() => initialValues(catalog))
  const form = useCatalogForm(start)
  const update = useUpdateCatalog(catalog.id)
  const test = useFormTest(catalog, form)
  const guard = useGuardedClose(form.dirty, close)

  function save(event: FormEvent) {
    event.preventDefault()
    update.mutate(toUpdate(form.values, catalog), {
      onSuccess: () => {
        toast.success(t("metaCatalog.toast.saved"))
        close()
      },
      onError: form.showThrown,
    })
  }

  return (
    <Drawer open onOpenChange={guard.onOpenChange}>
      <Drawer.Content>
        <form onSubmit={save} noValidate className="flex flex-1 flex-col overflow-hidden">
          <Drawer.Header>
            <Drawer.Title>{t("metaCatalog.edit.title", { name: catalog.name })}</Drawer.Title>
            <Drawer.Description className="sr-only">{t("metaCatalog.edit.text")}</Drawer.Description>
          </Drawer.Header>
          <Drawer.Body className="flex-1 overflow-y-auto">
            <CatalogForm form={form} catalog={catalog} test={<TestConnection {...test} />} />
          </Drawer.Body>
          <Drawer.Footer>
            <Button type="button" size="small" variant="secondary" onClick={() => guard.onOpenChange(false)}>
              {t("metaCatalog.action.cancel")}
            </Button>
            <Button type="submit" size="small" isLoading={update.isPending}>
              {t("metaCatalog.action.save")}
            </Button>
          </Drawer.Footer>
        </form>
        <DiscardPrompt guard={guard} />
      </Drawer.Content>
    </Drawer>
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
