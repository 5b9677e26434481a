import { Button, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminProductItem, AdminProductSync } from "../../../api/admin/meta-catalog/item-types"
import { useFormatters } from "../../hooks/use-formatters"
import { useSyncProduct } from "../../hooks/use-product-status"
import { errorText } from "../../lib/api-error"

export type ProductSyncProps = { productId: string; catalogId: string; items: readonly AdminProductItem[] }

/** Sends all items of the product to one catalogue now, and says in words what becomes of each. */
export function ProductSync({ productId, catalogId, items }: ProductSyncProps) {
  const { t } = useTranslation()
  const sync = useSyncProduct(productId, catalogId)
  const answer = sync.data?.catalogs.find((catalog) => catalog.catalog_id === catalogId)
  return (
    <div className="flex flex-col items-start gap-y-2">
      <Button size="small" variant="secondary" onClick={() => sync.mutate()} isLoading={sync.isPending}>
        {t("metaCatalog.action.syncProduct")}
      </Button>
      <div aria-live="polite" className="min-w-0" data-testid="sync-answer">
        {sync.error && (
          <Text size="small" className="text-ui-fg-error break-words">
            {errorText(sync.error)}
          </Text>
        )}
        {answer && !sync.isPending && <Answer answer={answer} items={items} />}
      </div>
    </div>
  )
}

type CatalogAnswer = AdminProductSync["catalogs"][number]

function Answer({ answer, items }: { answer: CatalogAnswer; items: readonly AdminProductItem[] }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const sent = answer.waits ? "metaCatalog.sync.marked" : "metaCatalog.sync.sent"
  return (
    <div className="flex flex-col gap-y-1">
      {answer.waits && (
        <Text size="small" className="text-ui-tag-orange-text break-words">
          {answer.waits}
        </Text>
      )}
      {(answer.items > 0 || answer.not_sent.length === 0) && (
        <Text size="small" className="text-ui-fg-subtle">
          {t(answer.items > 0 ? sent : "metaCatalog.sync.nothing", { count: answer.items, number: format.number(answer.items) })}
        </Text>
      )}
      <NotSent notSent={answer.not_sent} items={items} />
    </div>
  )
}

/** So many variants are named in one line; of more, only their number is told. */
const mostNamed = 3

function NotSent({ notSent, items }: { notSent: CatalogAnswer["not_sent"]; items: readonly AdminProductItem[] }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const nameOf = (variantId: string) => {
    const item = items.find((candidate) => candidate.variant_id === variantId)
    return item?.variant_title ?? item?.sku ?? variantId
  }
  // What is wrong with a variant is told by the check itself; the other reasons have texts of their own.
  const why = ({ reason, message }: CatalogAnswer["not_sent"][number]) => (reason === "invalid" ? message : t(`metaCatalog.sync.reason.${reason}`))
  const groups = new Map<string, CatalogAnswer["not_sent"]>()
  for (const variant of notSent) {
    groups.set(why(variant), [...(groups.get(why(variant)) ?? []), variant])
  }
  return [...groups].map(([reason, variants]) => (
    <Text key={reason} size="small" className="text-ui-fg-subtle break-words">
      {t("metaCatalog.sync.notSent", {
        variants:
          variants.length > mostNamed
            ? t("metaCatalog.sync.variants", { count: variants.length, number: format.number(variants.length) })
            : format.list(variants.map(({ variant_id }) => nameOf(variant_id))),
        reason,
      })}
    </Text>
  ))
}
