import { Alert, Button, Text, toast } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog, AdminPanicScope } from "../../../api/admin/meta-catalog/catalog-types"
import { useFormatters } from "../../hooks/use-formatters"
import { useResumeSelling } from "../../hooks/use-selling"
import { errorText } from "../../lib/api-error"
import { TimeAgo } from "../time-ago"

/** Says that a person has stopped selling on Meta, what of it and since when, and ends it. */
export function PanicBanner({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const resume = useResumeSelling(catalog.id)
  if (!catalog.panic_since) {
    return null
  }

  function run() {
    resume.mutate(undefined, {
      onSuccess: () => toast.success(t("metaCatalog.toast.sellingResumed")),
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <Alert variant="error" role="alert" className="bg-ui-bg-base shadow-elevation-card-rest border-none p-4" data-testid="panic">
      <div className="flex min-w-0 flex-col items-start gap-y-2 break-words">
        <Text size="small" weight="plus" as="div">
          {t(catalog.panic_scope ? "metaCatalog.panic.partTitle" : "metaCatalog.panic.title")}
          <span className="text-ui-fg-muted font-normal">
            {" · "}
            <TimeAgo time={catalog.panic_since} />
          </span>
        </Text>
        {catalog.panic_scope && <Scope scope={catalog.panic_scope} />}
        <Text size="small">
          {t("metaCatalog.panic.text")} {catalog.state === "paused" && t("metaCatalog.panic.paused")}
        </Text>
        <Button size="small" variant="secondary" onClick={run} isLoading={resume.isPending}>
          {t("metaCatalog.action.resumeSelling")}
        </Button>
      </div>
    </Alert>
  )
}

const lists = ["product_ids", "collection_ids", "category_ids", "type_ids", "tag_ids"] as const satisfies readonly (keyof AdminPanicScope)[]

function Scope({ scope }: { scope: AdminPanicScope }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const parts = lists.flatMap((list) => {
    const count = scope[list]?.length ?? 0
    return count > 0 ? [t(`metaCatalog.panic.scope.${list}`, { count, number: format.number(count) })] : []
  })
  return <Text size="small">{t("metaCatalog.panic.scope.text", { parts: format.list(parts) })}</Text>
}
