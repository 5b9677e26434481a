import { RadioGroup, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminFeed } from "../../../api/admin/meta-catalog/feed-types"
import { useUploadFeed } from "../../hooks/use-catalog-status"
import { useModalSave } from "../../hooks/use-modal-save"
import { errorText } from "../../lib/api-error"
import { ModalForm } from "../modal-form"

export type UploadDrawerProps = {
  feed: Pick<AdminFeed, "id" | "catalog_id">
  /** The file is of all items, so that Meta deletes what it lacks unless it is told not to. */
  canDelete: boolean
  close: () => void
}

const extents = ["whole", "update_only"] as const
const ways = ["url", "file"] as const

/** Has Meta take in the published file once, out of turn: all of it or without deleting, fetched or sent along. */
export function UploadDrawer({ feed, canDelete, close }: UploadDrawerProps) {
  const { t } = useTranslation()
  const [extent, setExtent] = useState<(typeof extents)[number]>("whole")
  const [way, setWay] = useState<(typeof ways)[number]>("url")
  const upload = useModalSave(useUploadFeed(feed), { close, report: () => toast.info(t("metaCatalog.toast.uploadStarted")) })
  return (
    <ModalForm
      as="drawer"
      title={t("metaCatalog.upload.title")}
      text={t("metaCatalog.upload.text")}
      isChanged={false}
      close={close}
      submit={() => upload.run({ update_only: canDelete && extent === "update_only", by: way })}
      submitText={t("metaCatalog.action.upload")}
      isPending={upload.isPending}
      error={upload.error ? errorText(upload.error) : undefined}
    >
      {canDelete && (
        <RadioGroup
          aria-label={t("metaCatalog.upload.extent")}
          value={extent}
          onValueChange={(chosen) => setExtent(extents.find((known) => known === chosen) ?? "whole")}
        >
          {extents.map((value) => (
            <RadioGroup.ChoiceBox
              key={value}
              value={value}
              label={t(`metaCatalog.upload.${value}.label`)}
              description={t(`metaCatalog.upload.${value}.text`)}
            />
          ))}
        </RadioGroup>
      )}
      <RadioGroup aria-label={t("metaCatalog.upload.way")} value={way} onValueChange={(chosen) => setWay(ways.find((known) => known === chosen) ?? "url")}>
        {ways.map((value) => (
          <RadioGroup.ChoiceBox key={value} value={value} label={t(`metaCatalog.upload.${value}.label`)} description={t(`metaCatalog.upload.${value}.text`)} />
        ))}
      </RadioGroup>
    </ModalForm>
  )
}
