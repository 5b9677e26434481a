import { StatusBadge, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminUpload } from "../../../api/admin/meta-catalog/feed-types"
import { useFormatters } from "../../hooks/use-formatters"
import { uploadState } from "../../lib/feed-state"
import { EmptyState } from "../empty-state"
import { Section } from "../section"
import { TimeAgo } from "../time-ago"

const shown = 5

/** The last upload sessions at Meta with their counts, newest first. */
export function UploadsSection({ uploads }: { uploads: AdminUpload[] }) {
  const { t } = useTranslation()
  return (
    <Section title={t("metaCatalog.uploads.title")}>
      {uploads.length === 0 ? (
        <EmptyState title={t("metaCatalog.uploads.empty")} text={t("metaCatalog.uploads.emptyText")} />
      ) : (
        <ul className="divide-y" data-testid="uploads">
          {uploads.slice(0, shown).map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
        </ul>
      )}
    </Section>
  )
}

const counts = ["detected", "persisted", "invalid", "deleted", "warning_count"] as const

function UploadRow({ upload }: { upload: AdminUpload }) {
  const { t } = useTranslation()
  const { state, color } = uploadState(upload)
  return (
    <li className="flex flex-col gap-y-3 px-6 py-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <StatusBadge color={color} data-state={state}>
          {t(`metaCatalog.uploads.state.${state}`)}
        </StatusBadge>
        <Text size="small" leading="compact" className="text-ui-fg-muted" as="div">
          {upload.started_at && <TimeAgo time={upload.started_at} />}
          {` · ${t("metaCatalog.uploads.session", { id: upload.meta_upload_id })}`}
          {upload.update_only && ` · ${t("metaCatalog.uploads.updateOnly")}`}
        </Text>
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-5">
        {counts.map((name) => (
          <Count key={name} name={name} value={upload[name]} />
        ))}
      </dl>
    </li>
  )
}

function Count({ name, value }: { name: (typeof counts)[number]; value: number | null }) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <div data-count={name}>
      <dt>
        <Text size="xsmall" leading="compact" as="span" className="text-ui-fg-muted">
          {t(`metaCatalog.uploads.count.${name}`)}
        </Text>
      </dt>
      <dd>
        <Text size="small" leading="compact" as="span" className="tabular-nums">
          {value === null ? "–" : format.number(value)}
        </Text>
      </dd>
    </div>
  )
}
