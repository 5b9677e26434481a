import { Button, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog, AdminFeed } from "../../api/admin/meta-catalog/types"
import { useCreateFeed } from "../hooks/use-catalog-status"
import { errorText } from "../lib/api-error"
import { ChoiceSelect } from "./choice-select"
import { EmptyState } from "./empty-state"
import { Field } from "./field"

/** Rhythms offered for Meta's own fetching of the file. Meta fetches at most hourly (CONTRACT 5.2). */
const rhythms = {
  daily: { interval: "DAILY", interval_count: 1, hour: 3, minute: 20 },
  hourly: { interval: "HOURLY", interval_count: 1, minute: 20 },
} as const satisfies Record<string, AdminFeed["schedule"]>

type Rhythm = keyof typeof rhythms

/** Creates the feed here and at Meta; the first file is built and uploaded at once. */
export function CreateFeed({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const create = useCreateFeed(catalog.id)
  const [rhythm, setRhythm] = useState<Rhythm>("daily")

  function run() {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
    create.mutate(
      { schedule: { ...rhythms[rhythm], timezone } },
      {
        onSuccess: () => toast.success(t("metaCatalog.toast.feedCreated")),
        onError: (error) => toast.error(errorText(error)),
      }
    )
  }

  return (
    <EmptyState title={t("metaCatalog.createFeed.title")} text={t("metaCatalog.createFeed.text")}>
      <div className="flex flex-wrap items-end justify-center gap-3 text-left">
        <Field id="feed-rhythm" label={t("metaCatalog.createFeed.rhythm")}>
          {(control) => (
            <ChoiceSelect
              control={control}
              value={rhythm}
              choices={(Object.keys(rhythms) as Rhythm[]).map((key) => ({ value: key, label: t(`metaCatalog.createFeed.${key}`) }))}
              onChange={(chosen) => setRhythm(chosen === "hourly" ? "hourly" : "daily")}
            />
          )}
        </Field>
        <Button onClick={run} isLoading={create.isPending}>
          {t("metaCatalog.action.createFeed")}
        </Button>
      </div>
    </EmptyState>
  )
}
