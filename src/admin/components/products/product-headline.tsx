import { Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminProductStatus } from "../../../api/admin/meta-catalog/item-types"
import { useFormatters } from "../../hooks/use-formatters"
import { TimeAgo } from "../time-ago"

type Feed = AdminProductStatus["catalogs"][number]["feed"]

export type ProductHeadlineProps = { feed: Feed; transport: AdminCatalog["transport"] | undefined }

/** The state of the feed in one line: built, fetched by Meta, and what the last upload brought. */
export function ProductHeadline({ feed, transport }: ProductHeadlineProps) {
  const { t } = useTranslation()
  if (!feed) {
    return (
      <Text size="small" className="text-ui-fg-subtle">
        {t(transport === "item_node" ? "metaCatalog.widget.withoutFeed" : "metaCatalog.widget.noFeed")}
      </Text>
    )
  }
  return (
    <Text size="small" className="text-ui-fg-subtle" as="div" data-testid="feed-headline">
      {feed.built_at ? (
        <>
          {t("metaCatalog.widget.built")} <TimeAgo time={feed.built_at} />
        </>
      ) : (
        t("metaCatalog.widget.notBuilt")
      )}
      {" · "}
      {feed.fetched_at ? (
        <>
          {t("metaCatalog.widget.fetched")} <TimeAgo time={feed.fetched_at} />
        </>
      ) : (
        t("metaCatalog.widget.notFetched")
      )}
      {" · "}
      <LastUpload upload={feed.last_upload} />
    </Text>
  )
}

function LastUpload({ upload }: { upload: NonNullable<Feed>["last_upload"] }) {
  const { t } = useTranslation()
  const format = useFormatters()
  if (!upload) {
    return t("metaCatalog.widget.noUpload")
  }
  if (!upload.ended_at) {
    return t("metaCatalog.widget.uploadRunning")
  }
  return t("metaCatalog.widget.lastUpload", {
    persisted: format.number(upload.persisted ?? 0),
    invalid: format.number(upload.invalid ?? 0),
  })
}
