import { Button, StatusBadge, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminSnapshotEntry } from "../../../api/admin/meta-catalog/snapshot-types"
import { useFormatters } from "../../hooks/use-formatters"
import { formatNames } from "../../lib/feed-form"
import { snapshotColor } from "../../lib/feed-state"
import { SnapshotDiff } from "./snapshot-diff"
import { TimeAgo } from "../time-ago"

/** One file of a feed: what it held, how long it took, who fetched it, and what changed with it. */
export function SnapshotRow({ snapshot }: { snapshot: AdminSnapshotEntry }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const isBuilt = snapshot.status !== "building" && snapshot.status !== "failed"
  return (
    <li className="flex flex-col gap-y-3 px-6 py-4" data-snapshot={snapshot.number} data-status={snapshot.status}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Text size="small" leading="compact" weight="plus">
            {t("metaCatalog.files.number", { number: snapshot.number })}
          </Text>
          <StatusBadge color={snapshotColor(snapshot.status)}>{t(`metaCatalog.files.status.${snapshot.status}`)}</StatusBadge>
          <Text size="small" leading="compact" className="text-ui-fg-muted" as="span">
            <TimeAgo time={snapshot.finished_at ?? snapshot.started_at} />
          </Text>
        </div>
        {isBuilt && (
          <Button size="small" variant="secondary" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t("metaCatalog.diff.open")}
          </Button>
        )}
      </div>
      <Facts snapshot={snapshot} />
      {(snapshot.error ?? snapshot.hold_reason) && (
        <Text size="small" className={snapshot.error ? "text-ui-fg-error break-words" : "break-words"}>
          {snapshot.error ?? snapshot.hold_reason}
        </Text>
      )}
      {isOpen && <SnapshotDiff snapshotId={snapshot.id} number={snapshot.number} />}
    </li>
  )
}

const counts = ["rows", "kept", "omitted", "retired"] as const

function Facts({ snapshot }: { snapshot: AdminSnapshotEntry }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const facts: [string, string][] = [
    ...counts.map((name): [string, string] => [t(`metaCatalog.files.fact.${name}`), format.number(snapshot[name])]),
    [t("metaCatalog.files.fact.size"), snapshot.bytes === null ? "–" : `${formatNames[snapshot.format]} · ${format.bytes(snapshot.bytes)}`],
    [t("metaCatalog.files.fact.build"), snapshot.build_seconds === null ? "–" : format.duration(snapshot.build_seconds * 1_000)],
    [t("metaCatalog.files.fact.fetches"), format.number(snapshot.fetches)],
    [t("metaCatalog.files.fact.not_modified"), format.number(snapshot.not_modified)],
  ]
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
        {facts.map(([name, text]) => (
          <div key={name} className="min-w-0">
            <dt className="txt-xsmall text-ui-fg-muted">{name}</dt>
            <dd className="txt-small break-words tabular-nums">{text}</dd>
          </div>
        ))}
      </dl>
      {snapshot.last_fetched_at && (
        <Text size="xsmall" className="text-ui-fg-muted">
          {t("metaCatalog.files.lastFetched")} <TimeAgo time={snapshot.last_fetched_at} />
        </Text>
      )}
    </>
  )
}
