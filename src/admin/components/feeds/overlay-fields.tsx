import { Input, RadioGroup, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { AdminOverlay } from "../../../api/admin/meta-catalog/overlay-types"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import { useLocales } from "../../hooks/use-overlays"
import { useCurrencies, useRegions } from "../../hooks/use-store-choices"
import type { FieldMessages } from "../../lib/api-error"
import { formatNames } from "../../lib/feed-form"
import { overlayColumns, overlayKinds, type OverlayValues } from "../../lib/overlay-form"
import { ChoiceSelect } from "../choice-select"
import { ColumnPicker } from "../columns/column-picker"
import { Field } from "../field"
import { ScheduleFields } from "./schedule-fields"
import { Check } from "../stock/stock-field"

export type OverlayFieldsProps = {
  values: OverlayValues
  setValues: (values: OverlayValues) => void
  errors: FieldMessages
  status: AdminCatalogStatus
  /** The feed that is changed: what it is for is fixed then. */
  overlay?: AdminOverlay
}

/** Only what a feed of the chosen kind needs. */
export function OverlayFields(props: OverlayFieldsProps) {
  const { values, setValues, errors, overlay } = props
  const { t } = useTranslation()
  const set = (change: Partial<OverlayValues>) => setValues({ ...values, ...change })
  return (
    <>
      {!overlay && <KindField {...props} />}
      {!overlay && values.kind === "country" && <CountryFields {...props} />}
      {!overlay && values.kind === "language" && <LanguageFields {...props} />}
      {values.kind === "supplementary" && <SupplementaryFields {...props} />}
      <Field id="overlay-format" label={t("metaCatalog.feedForm.format")} error={errors.format}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={values.format}
            choices={(["csv", "tsv"] as const).map((value) => ({ value, label: formatNames[value] }))}
            onChange={(chosen) => set({ format: chosen === "tsv" ? "tsv" : "csv" })}
          />
        )}
      </Field>
      <ScheduleFields
        name="schedule"
        title={t("metaCatalog.overlays.schedule")}
        values={values.schedule}
        setValues={(schedule) => set({ schedule })}
        errors={errors}
      />
    </>
  )
}

function KindField({ values, setValues }: OverlayFieldsProps) {
  const { t } = useTranslation()
  return (
    <RadioGroup
      aria-label={t("metaCatalog.overlays.kind")}
      value={values.kind}
      onValueChange={(chosen) => setValues({ ...values, kind: overlayKinds.find((known) => known === chosen) ?? "country", override_value: "" })}
    >
      {overlayKinds.map((kind) => (
        <RadioGroup.ChoiceBox
          key={kind}
          value={kind}
          label={t(`metaCatalog.overlays.kindOf.${kind}.label`)}
          description={t(`metaCatalog.overlays.kindOf.${kind}.text`)}
        />
      ))}
    </RadioGroup>
  )
}

function CountryFields({ values, setValues, errors }: OverlayFieldsProps) {
  const { t } = useTranslation()
  const regions = useRegions().data?.regions ?? []
  const { data: currencies = [] } = useCurrencies()
  const set = (change: Partial<OverlayValues>) => setValues({ ...values, ...change })
  const countries = regions.flatMap((region) => region.countries ?? []).flatMap(({ iso_2, display_name }) => (iso_2 ? [{ code: iso_2.toUpperCase(), display_name }] : []))
  return (
    <>
      <Field id="override_value" label={t("metaCatalog.overlays.country")} hint={t("metaCatalog.overlays.countryHint")} error={errors.override_value}>
        {(control) => (
          <>
            <Input
              {...control}
              list="override-countries"
              maxLength={2}
              autoComplete="off"
              value={values.override_value}
              onChange={(event) => set({ override_value: event.target.value.toUpperCase() })}
            />
            <datalist id="override-countries">
              {countries.map(({ code, display_name }) => (
                <option key={code} value={code}>
                  {display_name}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <Field id="override-region" label={t("metaCatalog.field.region_id")} error={errors.region_id}>
          {(control) => (
            <ChoiceSelect
              control={control}
              value={values.region_id}
              choices={regions.map((region) => ({ value: region.id, label: `${region.name} (${region.currency_code.toUpperCase()})` }))}
              none={t("metaCatalog.overlays.ownRegion")}
              onChange={(region_id) => set({ region_id })}
            />
          )}
        </Field>
        <Field id="override-currency" label={t("metaCatalog.field.currency_code")} error={errors.currency_code}>
          {(control) => (
            <ChoiceSelect
              control={control}
              value={values.currency_code}
              choices={currencies.map((code) => ({ value: code, label: code.toUpperCase() }))}
              none={t("metaCatalog.overlays.ownCurrency")}
              onChange={(currency_code) => set({ currency_code })}
            />
          )}
        </Field>
      </div>
    </>
  )
}

function LanguageFields({ values, setValues, errors }: OverlayFieldsProps) {
  const { t } = useTranslation()
  const { data, error } = useLocales()
  const locales = data?.locales ?? []
  const set = (change: Partial<OverlayValues>) => setValues({ ...values, ...change })
  if (error || (data && locales.length === 0)) {
    return (
      <Text size="small" className="text-ui-fg-subtle" role="note">
        {t("metaCatalog.overlays.noLocales")}
      </Text>
    )
  }
  return (
    <>
      <Field id="override-locale" label={t("metaCatalog.overlays.locale")} hint={t("metaCatalog.overlays.localeHint")} error={errors.locale}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={values.locale}
            choices={locales.map(({ code, name }) => ({ value: code, label: `${name} (${code})` }))}
            placeholder={t("metaCatalog.form.choose")}
            onChange={(locale) => set({ locale })}
          />
        )}
      </Field>
      <Field id="override_value" label={t("metaCatalog.overlays.language")} hint={t("metaCatalog.overlays.languageHint")} error={errors.override_value} optional>
        {(control) => (
          <Input {...control} autoComplete="off" value={values.override_value} onChange={(event) => set({ override_value: event.target.value })} />
        )}
      </Field>
    </>
  )
}

function SupplementaryFields({ values, setValues, errors, status, overlay }: OverlayFieldsProps) {
  const { t } = useTranslation()
  const toggle = (id: string, on: boolean) =>
    setValues({ ...values, primary_feed_ids: on ? [...values.primary_feed_ids, id] : values.primary_feed_ids.filter((other) => other !== id) })
  return (
    <>
      <Field id="overlay-columns" label={t("metaCatalog.columns.title")} hint={t("metaCatalog.overlays.columnsHint")} error={errors.columns}>
        {(control) => (
          <ColumnPicker
            control={control}
            columns={overlayColumns(status.catalog)}
            chosen={values.columns}
            choose={(columns) => setValues({ ...values, columns })}
          />
        )}
      </Field>
      {!overlay && status.feeds.length > 1 && (
        <Field id="primary-feeds" label={t("metaCatalog.overlays.primary")} error={errors.primary_feed_ids}>
          {({ id, ...described }) => (
            <div id={id} role="group" aria-label={t("metaCatalog.overlays.primary")} {...described} className="flex flex-col gap-y-2">
              {status.feeds.map((feed) => (
                <Check
                  key={feed.id}
                  label={t(`metaCatalog.feed.titleOf.${feed.strategy}`)}
                  checked={values.primary_feed_ids.includes(feed.id)}
                  onChange={(on) => toggle(feed.id, on)}
                />
              ))}
            </div>
          )}
        </Field>
      )}
      {!overlay && status.feeds.length <= 1 && errors.primary_feed_ids && (
        <Text size="small" className="text-ui-fg-error" role="alert">
          {errors.primary_feed_ids}
        </Text>
      )}
    </>
  )
}
