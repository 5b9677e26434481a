import { Button, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog, AdminFeed } from "../../api/admin/meta-catalog/types"
import { useCreateFeed } from "../hooks/use-catalog-status"
import { feedErrors } from "../lib/api-error"
import { areHoursValid, toFeedInput, withStrategy, type FeedValues } from "../lib/feed-form"
import { ChoiceSelect } from "./choice-select"
import { FeedFields } from "./feed-fields"
import { Field } from "./field"

/** Rhythms offered for Meta's own fetching of the file. Meta fetches at most hourly (CONTRACT 5.2). */
const rhythms = {
  daily: { interval: "DAILY", interval_count: 1, hour: 3, minute: 20 },
  hourly: { interval: "HOURLY", interval_count: 1, minute: 20 },
} as const satisfies Record<string, AdminFeed["schedule"]>

type Rhythm = keyof typeof rhythms

export type CreateFeedProps = {
  catalog: AdminCatalog
  feeds: AdminFeed[]
  strategy: AdminFeed["strategy"]
  /** Called when the feed is there, and where a person may think better of it. */
  close?: () => void
}

/** Creates a feed here and at Meta; the first file is built and uploaded at once. */
export function CreateFeed({ catalog, feeds, strategy, close }: CreateFeedProps) {
  const { t } = useTranslation()
  const create = useCreateFeed(catalog.id)
  const [rhythm, setRhythm] = useState<Rhythm>("daily")
  const [values, setValues] = useState<FeedValues>(() => withStrategy({ strategy, format: "csv", hours: "" }, strategy))
  const errors = create.error ? feedErrors(create.error) : {}

  function run(event: FormEvent) {
    event.preventDefault()
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
    create.mutate(
      { schedule: { ...rhythms[rhythm], timezone }, ...toFeedInput(values, null) },
      {
        onSuccess: () => {
          toast.success(t("metaCatalog.toast.feedCreated"))
          close?.()
        },
      }
    )
  }

  const isSecond = feeds.length > 0
  return (
    <form onSubmit={run} noValidate className="flex max-w-[640px] flex-col gap-y-6 px-6 py-4" data-testid="create-feed">
      <div className="flex flex-col gap-y-1">
        <Text size="small" leading="compact" weight="plus">
          {t(isSecond ? "metaCatalog.secondFeed.title" : "metaCatalog.createFeed.title")}
        </Text>
        <Text size="small" className="text-ui-fg-subtle">
          {t(isSecond ? "metaCatalog.secondFeed.begins" : "metaCatalog.createFeed.text")}
        </Text>
      </div>
      <FeedFields values={values} setValues={setValues} errors={errors} catalog={catalog} feeds={feeds} feed={null} />
      <Field id="feed-rhythm" label={t("metaCatalog.createFeed.rhythm")} error={errors.schedule}>
        {(control) => (
          <ChoiceSelect
            control={control}
            value={rhythm}
            choices={(Object.keys(rhythms) as Rhythm[]).map((key) => ({ value: key, label: t(`metaCatalog.createFeed.${key}`) }))}
            onChange={(chosen) => setRhythm(chosen === "hourly" ? "hourly" : "daily")}
          />
        )}
      </Field>
      {errors.form && (
        <Text size="small" className="text-ui-fg-error" role="alert">
          {errors.form}
        </Text>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {close && (
          <Button type="button" size="small" variant="secondary" onClick={close}>
            {t("metaCatalog.action.cancel")}
          </Button>
        )}
        <Button type="submit" size="small" disabled={!areHoursValid(values, null)} isLoading={create.isPending}>
          {t("metaCatalog.action.createFeed")}
        </Button>
      </div>
    </form>
  )
}
