import { Input, RadioGroup } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminCatalog, AdminFeed } from "../../api/admin/meta-catalog/types"
import type { FieldMessages } from "../lib/api-error"
import { areHoursValid, blockedBy, formatNames, formatsFor, strategies, withStrategy, type FeedValues } from "../lib/feed-form"
import { ChoiceSelect } from "./choice-select"
import { Field } from "./field"

export type FeedFieldsProps = {
  values: FeedValues
  setValues: (values: FeedValues) => void
  errors: FieldMessages
  catalog: AdminCatalog
  /** All feeds of the catalogue, and the one that is changed; null for a new one. */
  feeds: AdminFeed[]
  feed: AdminFeed | null
}

/** Strategy, format and update schedule of a feed; each says what it leads to, and why it cannot be chosen where it cannot. */
export function FeedFields(props: FeedFieldsProps) {
  return (
    <>
      <StrategyField {...props} />
      <FormatField {...props} />
      {props.values.strategy !== "fast" && <HoursField {...props} />}
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

function HoursField({ values, setValues, errors, feed }: FeedFieldsProps) {
  const { t } = useTranslation()
  const hint = feed?.updates ? "kept" : values.strategy === "slow" ? "slow" : "combined"
  return (
    <Field
      id="hours"
      label={t("metaCatalog.feedForm.hours")}
      hint={t(`metaCatalog.feedForm.hoursHint.${hint}`)}
      error={areHoursValid(values, feed) ? errors.update_schedule : t("metaCatalog.feedForm.hoursRange")}
      optional={hint === "combined"}
    >
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          autoComplete="off"
          className="max-w-32"
          value={values.hours}
          onChange={(event) => setValues({ ...values, hours: event.target.value })}
        />
      )}
    </Field>
  )
}
