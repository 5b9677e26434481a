import { RadioGroup } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useFormatters } from "../../hooks/use-formatters"
import type { FieldMessages } from "../../lib/api-error"
import { blockedBy, feedValues, formatNames, formatsFor, strategies, withStrategy, type FeedValues } from "../../lib/feed-form"
import { meetingOf, newUpdates, type ScheduleValues } from "../../lib/schedule-form"
import { ChoiceSelect } from "../choice-select"
import { Field } from "../field"
import { ScheduleFields } from "./schedule-fields"
import { SwitchRow } from "../retailer-ids/switch-row"

export type FeedFieldsProps = {
  values: FeedValues
  setValues: (values: FeedValues) => void
  errors: FieldMessages
  catalog: AdminCatalog
  /** All feeds of the catalogue, and the one that is changed; null for a new one. */
  feeds: AdminFeed[]
  feed: AdminFeed | null
}

/** Strategy, format and schedules of a feed; each says what it leads to, and why it cannot be chosen where it cannot. */
export function FeedFields(props: FeedFieldsProps) {
  return (
    <>
      <StrategyField {...props} />
      <FormatField {...props} />
      <SchedulesFields {...props} />
      {!props.feed && <UpdateOnlyField {...props} />}
    </>
  )
}

function StrategyField({ values, setValues, errors, catalog, feeds, feed }: FeedFieldsProps) {
  const { t } = useTranslation()
  return (
    <Field
      id="strategy"
      label={t("metaCatalog.feedForm.strategy")}
      hint={feed && feed.strategy !== values.strategy ? t("metaCatalog.feedForm.strategyChanges") : undefined}
      error={errors.strategy}
    >
      {({ id, ...described }) => (
        <RadioGroup
          id={id}
          tabIndex={-1}
          aria-label={t("metaCatalog.feedForm.strategy")}
          {...described}
          value={values.strategy}
          onValueChange={(chosen) => setValues(withStrategy(values, strategies.find((known) => known === chosen) ?? "combined"))}
        >
          {strategies.map((strategy) => {
            const blocked = blockedBy(strategy, { catalog, feeds, feed })
            return (
              <RadioGroup.ChoiceBox
                key={strategy}
                value={strategy}
                disabled={blocked !== null}
                label={t(`metaCatalog.feedForm.${strategy}.label`)}
                description={blocked ? t(`metaCatalog.feedForm.blocked.${blocked}`) : t(`metaCatalog.feedForm.${strategy}.text`)}
              />
            )
          })}
        </RadioGroup>
      )}
    </Field>
  )
}

function FormatField({ values, setValues, errors, feed }: FeedFieldsProps) {
  const { t } = useTranslation()
  const isXml = values.format === "rss" || values.format === "atom"
  const hints = [
    values.strategy === "fast" ? t("metaCatalog.feedForm.formatFast") : "",
    isXml ? t("metaCatalog.feedForm.formatXml") : "",
    feed && feed.format !== values.format ? t("metaCatalog.feedForm.formatChanges") : "",
  ]
  return (
    <Field id="format" label={t("metaCatalog.feedForm.format")} hint={hints.filter(Boolean).join(" ") || undefined} error={errors.format}>
      {(control) => (
        <ChoiceSelect
          control={control}
          value={values.format}
          choices={formatsFor(values.strategy).map((value) => ({ value, label: formatNames[value] }))}
          onChange={(chosen) => setValues({ ...values, format: formatsFor(values.strategy).find((known) => known === chosen) ?? "csv" })}
        />
      )}
    </Field>
  )
}

/** When Meta fetches everything and, where the feed has them, the updates; neither may come near the other. */
function SchedulesFields({ values, setValues, errors, feed }: FeedFieldsProps) {
  const { t } = useTranslation()
  const stored = feed && feedValues(feed)
  const { schedule, updates } = values
  return (
    <>
      <ScheduleFields
        name="schedule"
        title={t("metaCatalog.feedForm.schedule")}
        values={schedule}
        setValues={(changed) => setValues({ ...values, schedule: changed })}
        errors={errors}
        storedNext={isSame(schedule, stored?.schedule) ? feed?.next_fetch_at : null}
      />
      {values.strategy === "combined" && !feed?.updates && (
        <SwitchRow
          id="has-updates"
          label={t("metaCatalog.feedForm.hasUpdates")}
          hint={t("metaCatalog.feedForm.updatesHint.combined")}
          checked={updates !== null}
          onChange={(on) => setValues({ ...values, updates: on ? newUpdates(schedule) : null })}
        />
      )}
      {updates && <UpdatesFields values={values} setValues={setValues} errors={errors} feed={feed} updates={updates} />}
    </>
  )
}

/** Meta is told once, when the feed is made. */
function UpdateOnlyField({ values, setValues }: FeedFieldsProps) {
  const { t } = useTranslation()
  return (
    <SwitchRow
      id="update_only"
      label={t("metaCatalog.feedForm.updateOnly")}
      hint={t("metaCatalog.feedForm.updateOnlyHint")}
      checked={values.update_only}
      onChange={(update_only) => setValues({ ...values, update_only })}
    />
  )
}

type UpdatesFieldsProps = Pick<FeedFieldsProps, "values" | "setValues" | "errors" | "feed"> & { updates: ScheduleValues }

function UpdatesFields({ values, setValues, errors, feed, updates }: UpdatesFieldsProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  const meeting = meetingOf(values.schedule, updates)
  const hint = feed?.updates ? "kept" : "slow"
  return (
    <ScheduleFields
      name="update_schedule"
      title={t("metaCatalog.feedForm.updates")}
      hint={feed?.updates || values.strategy === "slow" ? t(`metaCatalog.feedForm.updatesHint.${hint}`) : undefined}
      values={updates}
      setValues={(changed) => setValues({ ...values, updates: changed })}
      errors={meeting ? { ...errors, update_schedule: t("metaCatalog.feedForm.meeting", { time: format.time(meeting) }) } : errors}
      storedNext={feed?.updates && isSame(updates, feedValues(feed).updates) ? feed.updates.next_fetch_at : null}
    />
  )
}

function isSame(one: ScheduleValues, other: ScheduleValues | null | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
