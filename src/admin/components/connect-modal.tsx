import { Button, FocusModal, Heading, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import { useNavigate } from "react-router-dom"
import { useCatalogForm } from "../hooks/use-catalog-form"
import { useCreateCatalog, useTestUnsavedConnection } from "../hooks/use-catalogs"
import { useGuardedClose } from "../hooks/use-guarded-close"
import { initialValues, isSameConnection, toInput } from "../lib/catalog-form"
import { CatalogForm } from "./catalog-form"
import { DiscardPrompt } from "./discard-prompt"
import { TestConnection } from "./test-connection"

/** Connects the store to one more Meta catalogue. */
export function ConnectModal({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [start] = useState(() => initialValues())
  const form = useCatalogForm(start)
  const create = useCreateCatalog()
  const test = useTestUnsavedConnection()
  const isTested = isSameConnection(form.values, test.variables)
  const guard = useGuardedClose(form.dirty, close)

  function save(event: FormEvent) {
    event.preventDefault()
    create.mutate(toInput(form.values), {
      onSuccess: ({ catalog }) => {
        toast.success(t("metaCatalog.toast.connected", { name: catalog.name }))
        navigate(`/settings/meta-catalog/${catalog.id}`)
      },
      onError: form.showThrown,
    })
  }

  function runTest() {
    test.mutate(toInput(form.values), { onSuccess: (reply) => form.showTest(reply.test), onError: form.showThrown })
  }

  return (
    <FocusModal open onOpenChange={guard.onOpenChange}>
      <FocusModal.Content>
        <form onSubmit={save} noValidate className="flex h-full flex-col overflow-hidden">
          <FocusModal.Header />
          <FocusModal.Body className="flex flex-1 flex-col items-center overflow-y-auto">
            <div className="flex w-full max-w-[720px] flex-col gap-y-8 px-4 py-8 sm:py-16">
              <div>
                <FocusModal.Title asChild>
                  <Heading>{t("metaCatalog.connect.title")}</Heading>
                </FocusModal.Title>
                <FocusModal.Description asChild>
                  <Text size="small" className="text-ui-fg-subtle">
                    {t("metaCatalog.connect.text")}
                  </Text>
                </FocusModal.Description>
              </div>
              <CatalogForm
                form={form}
                test={<TestConnection run={runTest} running={test.isPending} result={isTested ? test.data?.test : undefined} />}
              />
            </div>
          </FocusModal.Body>
          <FocusModal.Footer>
            <Button type="button" size="small" variant="secondary" onClick={() => guard.onOpenChange(false)}>
              {t("metaCatalog.action.cancel")}
            </Button>
            <Button type="submit" size="small" isLoading={create.isPending}>
              {t("metaCatalog.action.connect")}
            </Button>
          </FocusModal.Footer>
        </form>
        <DiscardPrompt guard={guard} />
      </FocusModal.Content>
    </FocusModal>
  )
}
