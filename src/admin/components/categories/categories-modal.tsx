import { Input, Text, toast } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCategory } from "../../../api/admin/meta-catalog/category-types"
import { useSaveCategories } from "../../hooks/use-categories"
import { useFormatters } from "../../hooks/use-formatters"
import { useModalSave } from "../../hooks/use-modal-save"
import { errorText } from "../../lib/api-error"
import { applyDraft, changeDraft, type CategoryDraft } from "../../lib/category-draft"
import { CategoryRow } from "./category-row"
import { Field } from "../field"
import { ModalForm } from "../modal-form"

const shownAtOnce = 100

export type CategoriesModalProps = { catalogId: string; categories: AdminCategory[]; close: () => void }

/** Maps the store's categories to Google's. Nothing is saved before *Save*. */
export function CategoriesModal({ catalogId, categories, close }: CategoriesModalProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<CategoryDraft>(new Map())
  const save = useModalSave(useSaveCategories(catalogId), {
    close,
    report: t("metaCatalog.categories.saved"),
    onError: (error) => toast.error(errorText(error)),
  })
  return (
    <ModalForm
      as="window"
      title={t("metaCatalog.categories.title")}
      text={t("metaCatalog.categories.text")}
      isChanged={draft.size > 0}
      close={close}
      submit={() => (draft.size > 0 ? save.run(draft) : close())}
      submitText={t("metaCatalog.action.save")}
      isPending={save.isPending}
    >
      <CategoryList categories={categories} draft={draft} setDraft={setDraft} />
    </ModalForm>
  )
}

type CategoryListProps = { categories: AdminCategory[]; draft: CategoryDraft; setDraft: (change: (draft: CategoryDraft) => CategoryDraft) => void }

function CategoryList({ categories, draft, setDraft }: CategoryListProps) {
  const { t } = useTranslation()
  const format = useFormatters()
  const [filter, setFilter] = useState("")
  const words = filter.trim().toLocaleLowerCase()
  const found = applyDraft(categories, draft).filter(({ category }) => category.path.join(" > ").toLocaleLowerCase().includes(words))
  const more = Math.max(0, found.length - shownAtOnce)
  return (
    <div className="flex flex-col gap-y-4">
      <Field id="category-filter" label={t("metaCatalog.categories.filter")}>
        {(control) => <Input {...control} type="search" value={filter} onKeyDown={keepForm} onChange={(event) => setFilter(event.target.value)} />}
      </Field>
      <ul className="border-ui-border-base divide-y rounded-lg border" data-testid="categories">
        {found.slice(0, shownAtOnce).map((line) => (
          <CategoryRow key={line.category.id} line={line} choose={(google) => setDraft((current) => changeDraft(current, line.category, google))} />
        ))}
      </ul>
      {found.length === 0 && <Text size="small">{t("metaCatalog.categories.noneFound")}</Text>}
      {more > 0 && (
        <Text size="small" className="text-ui-fg-muted">
          {t("metaCatalog.categories.more", { count: more, number: format.number(more) })}
        </Text>
      )}
    </div>
  )
}

/** Enter in a search must not save the form. */
function keepForm(event: { key: string; preventDefault: () => void }): void {
  if (event.key === "Enter") {
    event.preventDefault()
  }
}
