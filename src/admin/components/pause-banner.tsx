import { Alert, Button, Text, toast } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../api/admin/meta-catalog/catalog-types"
import { useAdoptCatalog } from "../hooks/use-catalogs"
import { errorText } from "../lib/api-error"
import { TestButton } from "./connection/test-button"
import { TimeAgo } from "./time-ago"

export type PauseBannerProps = {
  catalog: AdminCatalog
  edit: () => void
  disconnect: () => void
}

/** Says why nothing is sent and what ends it. Asks "moved or copy?" where the store runs under another address. */
export function PauseBanner({ catalog, edit, disconnect }: PauseBannerProps) {
  if (catalog.pause_reason === "moved_or_copy") {
    return <MovedOrCopy catalog={catalog} disconnect={disconnect} />
  }
  return catalog.state === "paused" ? <Paused catalog={catalog} edit={edit} /> : null
}

function Paused({ catalog, edit }: Pick<PauseBannerProps, "catalog" | "edit">) {
  const { t } = useTranslation()
  const known = `metaCatalog.pause.todo.${catalog.pause_reason}`
  return (
    <Banner title={<PausedSince catalog={catalog} />} message={catalog.pause_message}>
      <Text size="small">{t([known, "metaCatalog.pause.todo.other"])}</Text>
      <div className="flex flex-wrap gap-2">
        <Button size="small" variant="secondary" onClick={edit}>
          {t("metaCatalog.action.editConnection")}
        </Button>
        <TestButton catalog={catalog} />
      </div>
    </Banner>
  )
}

function PausedSince({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  return (
    <>
      {t("metaCatalog.pause.title")}
      {catalog.paused_at && (
        <span className="text-ui-fg-muted font-normal">
          {" · "}
          <TimeAgo time={catalog.paused_at} />
        </span>
      )}
    </>
  )
}

function MovedOrCopy({ catalog, disconnect }: Pick<PauseBannerProps, "catalog" | "disconnect">) {
  const { t } = useTranslation()
  const adopt = useAdoptCatalog(catalog.id)

  function moved() {
    adopt.mutate(undefined, {
      onSuccess: () => toast.success(t("metaCatalog.toast.adopted")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <Banner title={t("metaCatalog.moved.title")} message={null}>
      <Text size="small">{t("metaCatalog.moved.text", { url: catalog.public_url })}</Text>
      <div className="flex flex-wrap gap-2">
        <Button size="small" variant="secondary" onClick={moved} isLoading={adopt.isPending}>
          {t("metaCatalog.moved.moved")}
        </Button>
        <Button size="small" variant="secondary" onClick={disconnect}>
          {t("metaCatalog.moved.copy")}
        </Button>
      </div>
    </Banner>
  )
}

function Banner({ title, message, children }: { title: ReactNode; message: string | null; children: ReactNode }) {
  return (
    <Alert variant="error" role="alert" className="bg-ui-bg-base shadow-elevation-card-rest border-none p-4">
      <div className="flex min-w-0 flex-col items-start gap-y-2 break-words">
        <Text size="small" weight="plus" as="div">
          {title}
        </Text>
        {message && <Text size="small">{message}</Text>}
        {children}
      </div>
    </Alert>
  )
}
