import { Badge, Button, Text, toast } from "@medusajs/ui"
import { useState, type ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminSnapshotDiff } from "../../../api/admin/meta-catalog/snapshot-types"
import { useFormatters } from "../../hooks/use-formatters"
import { useDownloadDiff, useSnapshotDiff } from "../../hooks/use-snapshots"
import { errorText } from "../../lib/api-error"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"

type Summary = NonNullable<AdminSnapshotDiff["summary"]>

/** What changed between a file and the one published before it: rows, columns, examples, and all of it as a download. */
export function SnapshotDiff({ snapshotId, number }: { snapshotId: string; number: number }) {
  const { t } = useTranslation()
  const { data, error, refetch, compute, isStarting } = useSnapshotDiff(snapshotId)
  if (error) {
    return <LoadError error={error} retry={refetch} />
  }
  const state = !data || data.status === "none" ? "computing" : data.status
  return (
    <section
      className="flex w-full min-w-0 flex-col gap-y-4"
      aria-label={t("metaCatalog.diff.title", { number })}
      aria-live="polite"
      data-testid="snapshot-diff"
      data-status={state}
    >
      <Text size="small" className={state === "failed" ? "text-ui-fg-error" : "text-ui-fg-subtle"}>
        {data?.against && state !== "unavailable" ? `${t("metaCatalog.diff.against", { number: data.against.number })} ` : ""}
        {state === "done" ? "" : t(`metaCatalog.diff.state.${state}`)} {data?.message}
      </Text>
      {state === "computing" && <LoadingRows rows={2} />}
      {state === "failed" && (
        <Button type="button" size="small" variant="secondary" className="self-start" onClick={compute} isLoading={isStarting}>
          {t("metaCatalog.general.retry")}
        </Button>
      )}
      {data?.summary && <Found summary={data.summary} />}
      {data?.can_download && data.against && <Download snapshotId={snapshotId} fileName={`changes-${data.against.number}-to-${number}.csv`} />}
    </section>
  )
}

function Found({ summary }: { summary: Summary }) {
  const { t } = useTranslation()
  const isSame = summary.added + summary.removed + summary.changed === 0
  return (
    <>
      <Figures summary={summary} />
      {isSame && <Text size="small">{t("metaCatalog.diff.same")}</Text>}
      {summary.columns.length > 0 && <Columns columns={summary.columns} />}
      {summary.samples.length > 0 && <Samples samples={summary.samples} />}
    </>
  )
}

const figures = ["added", "removed", "changed", "unchanged"] as const

function Figures({ summary }: { summary: Summary }) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
      {figures.map((name) => (
        <div key={name} data-figure={name}>
          <dt className="txt-xsmall text-ui-fg-muted">{t(`metaCatalog.diff.figure.${name}`)}</dt>
          <dd className="txt-small font-medium tabular-nums">{format.number(summary[name])}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Meta's own names of columns; of the rows that changed, how many, and how many gained or lost a value. */
function Columns({ columns }: Pick<Summary, "columns">) {
  const { t } = useTranslation()
  const format = useFormatters()
  return (
    <Part title={t("metaCatalog.diff.columns")}>
      <ul className="flex flex-col gap-y-1" data-testid="diff-columns">
        {columns.map(({ column, rows, filled, cleared }) => (
          <li key={column} className="txt-small flex flex-wrap items-baseline justify-between gap-x-4" data-column={column}>
            <code className="min-w-0 break-all">{column}</code>
            <span className="text-ui-fg-subtle tabular-nums">
              {[
                t("metaCatalog.feed.rowsText", { count: rows, number: format.number(rows) }),
                filled > 0 && t("metaCatalog.diff.filled", { count: filled, number: format.number(filled) }),
                cleared > 0 && t("metaCatalog.diff.cleared", { count: cleared, number: format.number(cleared) }),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  )
}

const shownAtFirst = 5
const kindColors = { added: "green", removed: "red", changed: "orange" } as const

function Samples({ samples }: Pick<Summary, "samples">) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  return (
    <Part title={t("metaCatalog.diff.samples")}>
      <ul className="flex flex-col gap-y-3" data-testid="diff-samples">
        {samples.slice(0, all ? samples.length : shownAtFirst).map(({ kind, retailer_id, title, cells }) => (
          <li key={retailer_id} className="txt-small flex min-w-0 flex-col gap-y-1" data-kind={kind}>
            <span className="flex min-w-0 flex-wrap items-center gap-x-2">
              <Badge size="2xsmall" color={kindColors[kind]}>
                {t(`metaCatalog.diff.kind.${kind}`)}
              </Badge>
              <span className="min-w-0 break-words">{title}</span>
              <span className="text-ui-fg-muted min-w-0 break-all">{retailer_id}</span>
            </span>
            {cells.map(({ column, before, after }) => (
              <CellChange key={column} column={column} before={before} after={after} />
            ))}
          </li>
        ))}
      </ul>
      {!all && samples.length > shownAtFirst && (
        <Button type="button" size="small" variant="transparent" className="self-start" onClick={() => setAll(true)}>
          {t("metaCatalog.diff.more", { count: samples.length })}
        </Button>
      )}
    </Part>
  )
}

/** One cell before and after; that it is empty is said, because nothing cannot be seen. */
export function CellChange({ column, before, after }: { column?: string; before: string; after: string }) {
  const { t } = useTranslation()
  const empty = <em className="text-ui-fg-muted">{t("metaCatalog.diff.empty")}</em>
  return (
    <span className="min-w-0 break-words" data-column={column}>
      {column && (
        <>
          <code>{column}</code>:{" "}
        </>
      )}
      <span className="text-ui-fg-muted">{before || empty} →</span> {after || empty}
    </span>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-y-2">
      <Text size="small" leading="compact" weight="plus">
        {title}
      </Text>
      {children}
    </div>
  )
}

function Download({ snapshotId, fileName }: { snapshotId: string; fileName: string }) {
  const { t } = useTranslation()
  const download = useDownloadDiff(snapshotId)
  return (
    <Button
      type="button"
      size="small"
      variant="secondary"
      className="self-start"
      isLoading={download.isPending}
      onClick={() => download.mutate(fileName, { onError: (error) => toast.error(errorText(error)) })}
    >
      {t("metaCatalog.diff.download")}
    </Button>
  )
}
