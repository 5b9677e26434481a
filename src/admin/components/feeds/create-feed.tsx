import { Button, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useCreateFeed } from "../../hooks/use-catalog-status"
import { feedErrors } from "../../lib/api-error"
import { isFeedValid, newFeedValues, toFeedInput, type FeedValues } from "../../lib/feed-form"
import { FeedFields } from "./feed-fields"

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
  const [values, setValues] = useState(() => newFeedValues(strategy))
  const errors = create.error ? feedErrors(create.error) : {}

  function change(changed: FeedValues) {
    setValues(changed)
    if (create.isError) {
      create.reset()
    }
  }

  function run(event: FormEvent) {
    event.preventDefault()
    create.mutate(toFeedInput(values, null), {
      onSuccess: () => {
        toast.success(t("metaCatalog.toast.feedCreated"))
        close?.()
      },
    })
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
      <FeedFields values={values} setValues={change} errors={errors} catalog={catalog} feeds={feeds} feed={null} />
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
        <Button type="submit" size="small" disabled={!isFeedValid(values)} isLoading={create.isPending}>
          {t("metaCatalog.action.createFeed")}
        </Button>
      </div>
    </form>
  )
}
