import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { CreateFeed } from "./create-feed"
import { FeedCard } from "./feed-card"
import { OverlaysSection } from "./overlays-section"
import { SecondFeed } from "./second-feed"
import { Section } from "../section"

/** The feeds of a catalogue, one section each; an invitation to create one while there is none. */
export function FeedSection({ status }: { status: AdminCatalogStatus }) {
  const { t } = useTranslation()
  if (status.feeds.length === 0) {
    return (
      <Section title={t("metaCatalog.feed.titleOf.combined")}>
        <CreateFeed catalog={status.catalog} feeds={status.feeds} strategy="combined" />
      </Section>
    )
  }
  return (
    <>
      {status.feeds.map((feed) => (
        <FeedCard key={feed.id} feed={feed} status={status} />
      ))}
      <SecondFeed status={status} />
      <OverlaysSection status={status} />
    </>
  )
}
