import { Button, Drawer, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus, AdminFeed } from "../../api/admin/meta-catalog/types"
import { useChangeFeed } from "../hooks/use-catalog-status"
import { useGuardedClose } from "../hooks/use-guarded-close"
import { feedErrors } from "../lib/api-error"
import { areHoursValid, feedValues, toFeedInput } from "../lib/feed-form"
import { DiscardPrompt } from "./discard-prompt"
import { FeedFields } from "./feed-fields"

export type FeedDrawerProps = { feed: AdminFeed; status: AdminCatalogStatus; close: () => void }

/** Changes strategy, format and update schedule of a feed that is there. */
export function FeedDrawer({ feed, status, close }: FeedDrawerProps) {
  const { t } = useTranslation()
  const change = useChangeFeed(feed)
  // As it was when the drawer opened, so that what is asked for meanwhile does not look like a change of the person's.
  const [start] = useState(feed)
  const [values, setValues] = useState(feedValues(feed))
  const input = toFeedInput(values, start)
  const isChanged = Object.keys(input).length > 0
  const errors = change.error ? feedErrors(change.error) : {}
  const guard = useGuardedClose(isChanged, close)

  function save(event: FormEvent) {
    event.preventDefault()
    change.mutate(input, {
      onSuccess: () => {
        toast.success(t("metaCatalog.toast.feedChanged"))
        close()
      },
    })
  }

  return (
    <Drawer open onOpenChange={guard.onOpenChange}>
      <Drawer.Content>
        <form onSubmit={save} noValidate className="flex flex-1 flex-col overflow-hidden">
          <Drawer.Header>
            <Drawer.Title>{t("metaCatalog.feedForm.title")}</Drawer.Title>
            <Drawer.Description>{t("metaCatalog.feedForm.text")}</Drawer.Description>
          </Drawer.Header>
          <Drawer.Body className="flex flex-1 flex-col gap-y-6 overflow-y-auto">
            <FeedFields values={values} setValues={setValues} errors={errors} catalog={status.catalog} feeds={status.feeds} feed={start} />
            {errors.form && (
              <Text size="small" className="text-ui-fg-error" role="alert">
                {errors.form}
              </Text>
            )}
          </Drawer.Body>
          <Drawer.Footer>
            <Button type="button" size="small" variant="secondary" onClick={() => guard.onOpenChange(false)}>
              {t("metaCatalog.action.cancel")}
            </Button>
            <Button type="submit" size="small" disabled={!isChanged || !areHoursValid(values, start)} isLoading={change.isPending}>
              {t("metaCatalog.action.save")}
            </Button>
          </Drawer.Footer>
        </form>
        <DiscardPrompt guard={guard} />
      </Drawer.Content>
    </Drawer>
  )
}
