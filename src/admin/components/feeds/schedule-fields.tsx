import { Heading, Input, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { WEEKDAYS } from "../../../modules/meta-catalog/feeds/fetch-calendar"
import { useFormatters } from "../../hooks/use-formatters"
import type { FieldMessages } from "../../lib/api-error"
import { intervals, nextFetchOf, scheduleProblems, timezones, withInterval, type ScheduleProblems, type ScheduleValues } from "../../lib/schedule-form"
import { ChoiceSelect } from "../choice-select"
import { Field } from "../field"

export type ScheduleFieldsProps = {
  /** The API's name of the schedule, with which its messages begin. */
  name: "schedule" | "update_schedule"
  title: string
  hint?: ReactNode
  values: ScheduleValues
  setValues: (values: ScheduleValues) => void
  errors: FieldMessages
  /** The API knows a fetch that is nearer the truth, because it knows Meta's last one. */
  storedNext?: string | null
}

/** When Meta fetches a file: how often, on which day, when and by whose clock, with the next time this comes to. */
export function ScheduleFields(props: ScheduleFieldsProps) {
  const { name, title, hint, values, errors, storedNext } = props
  const { t } = useTranslation()
  const format = useFormatters()
  const problems = scheduleProblems(values)
  const next = storedNext ?? nextFetchOf(values)
  return (
    <fieldset className="flex min-w-0 flex-col gap-y-4" data-schedule={name}>
      <legend className="contents">
        <Heading level="h3">{title}</Heading>
      </legend>
      {hint && (
        <Text size="small" className="text-ui-fg-subtle">
          {hint}
        </Text>
      )}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <HowOften {...props} problems={problems} />
        <When {...props} problems={problems} />
      </div>
      <ZoneField {...props} problems={problems} />
      {errors[name] && (
        <Text id={`${name}-error`} size="small" className="text-ui-fg-error break-words" role="alert">
          {errors[name]}
        </Text>
      )}
      <Text size="small" className="text-ui-fg-subtle" aria-live="polite" data-testid={`${name}-next`} data-next={next ?? ""}>
        {next && t("metaCatalog.scheduleForm.next", { time: format.time(next) })}
      </Text>
    </fieldset>
  )
}

type PartProps = ScheduleFieldsProps & { problems: ScheduleProblems }

function HowOften({ name, values, setValues, errors, problems }: PartProps) {
  const { t } = useTranslation()
  return (
    <>
      <Field id={`${name}-interval`} label={t("metaCatalog.scheduleForm.interval")} error={errors[`${name}.interval`]}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={values.interval}
            choices={intervals.map((value) => ({ value, label: t(`metaCatalog.scheduleForm.${value}`) }))}
            onChange={(chosen) => setValues(withInterval(values, intervals.find((known) => known === chosen) ?? "DAILY"))}
          />
        )}
      </Field>
      <Field
        id={`${name}-every`}
        label={t(`metaCatalog.scheduleForm.every.${values.interval}`)}
        error={problems.every ? t("metaCatalog.scheduleForm.invalid.every") : errors[`${name}.interval_count`]}
      >
        {(control) => <NumberInput control={control} value={values.every} set={(every) => setValues({ ...values, every })} />}
      </Field>
    </>
  )
}

function When(props: PartProps) {
  const { name, values, setValues, errors, problems } = props
  const { t } = useTranslation()
  if (values.interval === "HOURLY") {
    return (
      <Field
        id={`${name}-minute`}
        label={t("metaCatalog.scheduleForm.minute")}
        error={problems.minute ? t("metaCatalog.scheduleForm.invalid.minute") : errors[`${name}.minute`]}
      >
        {(control) => <NumberInput control={control} value={values.minute} set={(minute) => setValues({ ...values, minute })} />}
      </Field>
    )
  }
  return (
    <>
      <DayField {...props} />
      <Field
        id={`${name}-time`}
        label={t("metaCatalog.scheduleForm.time")}
        error={problems.time ? t("metaCatalog.scheduleForm.invalid.time") : (errors[`${name}.hour`] ?? errors[`${name}.minute`])}
      >
        {(control) => <Input {...control} type="time" value={values.time} onChange={(event) => setValues({ ...values, time: event.target.value })} />}
      </Field>
    </>
  )
}

function DayField({ name, values, setValues, errors, problems }: PartProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  if (values.interval === "WEEKLY") {
    return (
      <Field id={`${name}-weekday`} label={t("metaCatalog.scheduleForm.weekday")} error={errors[`${name}.day_of_week`]}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={values.day_of_week}
            choices={WEEKDAYS.map((value, index) => ({ value, label: format.weekday(index) }))}
            onChange={(chosen) => setValues({ ...values, day_of_week: WEEKDAYS.find((known) => known === chosen) ?? "MONDAY" })}
          />
        )}
      </Field>
    )
  }
  if (values.interval === "MONTHLY") {
    return (
      <Field
        id={`${name}-day`}
        label={t("metaCatalog.scheduleForm.day")}
        hint={Number(values.day_of_month) > 28 ? t("metaCatalog.scheduleForm.dayHint") : undefined}
        error={problems.day_of_month ? t("metaCatalog.scheduleForm.invalid.day_of_month") : errors[`${name}.day_of_month`]}
      >
        {(control) => <NumberInput control={control} value={values.day_of_month} set={(day_of_month) => setValues({ ...values, day_of_month })} />}
      </Field>
    )
  }
  return null
}

const zones = timezones()

/** Typing finds a zone by any part of its name. */
function ZoneField({ name, values, setValues, errors, problems }: PartProps) {
  const { t } = useTranslation()
  return (
    <Field
      id={`${name}-timezone`}
      label={t("metaCatalog.scheduleForm.timezone")}
      hint={t("metaCatalog.scheduleForm.timezoneHint")}
      error={problems.timezone ? t("metaCatalog.scheduleForm.invalid.timezone") : errors[`${name}.timezone`]}
    >
      {(control) => (
        <>
          <Input
            {...control}
            list={`${name}-timezones`}
            autoComplete="off"
            spellCheck={false}
            value={values.timezone}
            onChange={(event) => setValues({ ...values, timezone: event.target.value })}
          />
          <datalist id={`${name}-timezones`}>
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

type NumberInputProps = { control: object; value: string; set: (value: string) => void }

function NumberInput({ control, value, set }: NumberInputProps) {
  return <Input {...control} inputMode="numeric" autoComplete="off" value={value} onChange={(event) => set(event.target.value)} />
}
