import { Button, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { blockedBy, strategies } from "../../lib/feed-form"
import { CreateFeed } from "./create-feed"
import { Section } from "../section"

/** Offers a slow feed beside a fast one or the other way round; beside a combined one it says what has to come first. */
export function SecondFeed({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const { catalog, feeds } = status
  if (feeds.length !== 1) {
    return null
  }
  const possible = strategies.find((strategy) => blockedBy(strategy, { catalog, feeds, feed: null }) === null)
  const isCombined = feeds[0].strategy === "combined"
  if (isOpen && possible) {
    return (
      <Section title={t(`metaCatalog.feed.titleOf.${possible}`)}>
        <CreateFeed catalog={catalog} feeds={feeds} strategy={possible} close={() => setOpen(false)} />
      </Section>
    )
  }
  return (
    <Section
      title={t("metaCatalog.secondFeed.title")}
      actions={
        possible && (
          <Button size="small" variant="secondary" onClick={() => setOpen(true)}>
            {t("metaCatalog.secondFeed.add")}
          </Button>
        )
      }
    >
      <Text size="small" className="text-ui-fg-subtle px-6 py-4" data-testid="second-feed">
        {t("metaCatalog.secondFeed.text")}{" "}
        {!possible && t(isCombined ? "metaCatalog.secondFeed.first" : "metaCatalog.feedForm.blocked.pushes_stock")}
      </Text>
    </Section>
  )
}
