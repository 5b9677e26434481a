import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useChangeFeed } from "../../hooks/use-catalog-status"
import { useModalSave } from "../../hooks/use-modal-save"
import { feedErrors } from "../../lib/api-error"
import { feedValues, isFeedValid, toFeedInput, type FeedValues } from "../../lib/feed-form"
import { FeedFields } from "./feed-fields"
import { ModalForm } from "../modal-form"

export type FeedDrawerProps = { feed: AdminFeed; status: AdminCatalogStatus; close: () => void }

/** Changes strategy, format and schedules of a feed that is there. */
export function FeedDrawer({ feed, status, close }: FeedDrawerProps) {
  const { t } = useTranslation()
  const save = useModalSave(useChangeFeed(feed), { close, report: t("metaCatalog.toast.feedChanged") })
  // As it was when the drawer opened, so that what is asked for meanwhile does not look like a change of the person's.
  const [start] = useState(feed)
  const [values, setValues] = useState(feedValues(feed))
  const input = toFeedInput(values, start)
  const isChanged = JSON.stringify(values) !== JSON.stringify(feedValues(start))
  const errors = save.error ? feedErrors(save.error) : {}

  function change(changed: FeedValues) {
    setValues(changed)
    save.forget()
  }

  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.feedForm.title")}
      text={t("metaCatalog.feedForm.text")}
      isChanged={isChanged}
      close={close}
      submit={() => save.run(input)}
      submitText={t("metaCatalog.action.save")}
      isReady={Object.keys(input).length > 0 && isFeedValid(values)}
      isPending={save.isPending}
      error={errors.form}
    >
      <FeedFields values={values} setValues={change} errors={errors} catalog={status.catalog} feeds={status.feeds} feed={start} />
    </ModalForm>
  )
}
