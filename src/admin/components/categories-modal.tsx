import { Button, FocusModal, Heading, Input, Text, toast } from "@medusajs/ui"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCategory } from "../../api/admin/meta-catalog/category-types"
import { useSaveCategories } from "../hooks/use-categories"
import { useFormatters } from "../hooks/use-formatters"
import { useGuardedClose } from "../hooks/use-guarded-close"
import { errorText } from "../lib/api-error"
import { applyDraft, changeDraft, type CategoryDraft } from "../lib/category-draft"
import { CategoryRow } from "./category-row"
import { DiscardPrompt } from "./discard-prompt"
import { Field } from "./field"

const shownAtOnce = 100

export type CategoriesModalProps = { catalogId: string; categories: AdminCategory[]; close: () => void }

/** Maps the store's categories to Google's. Nothing is saved before *Save*. */
export function CategoriesModal({ catalogId, categories, close }: CategoriesModalProps) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<CategoryDraft>(new Map())
  const save = useSaveCategories(catalogId)
  const guard = useGuardedClose(draft.size > 0, close)

  function submit(event: FormEvent) {
    event.preventDefault()
    if (draft.size === 0) {
      close()
      return
    }
    save.mutate(draft, {
      onSuccess: () => {
        toast.success(t("metaCatalog.categories.saved"))
        close()
      },
      onError: (error) => toast.error(errorText(error)),
    })
  }

  return (
    <FocusModal open onOpenChange={guard.onOpenChange}>
      <FocusModal.Content onEscapeKeyDown={keepModal}>
        <form onSubmit={submit} noValidate className="flex h-full flex-col overflow-hidden">
          <FocusModal.Header />
          <FocusModal.Body className="flex flex-1 flex-col items-center overflow-y-auto">
            <div className="flex w-full max-w-[720px] flex-col gap-y-6 px-4 py-8 sm:py-16">
              <div>
                <FocusModal.Title asChild>
                  <Heading>{t("metaCatalog.categories.title")}</Heading>
                </FocusModal.Title>
                <FocusModal.Description asChild>
                  <Text size="small" className="text-ui-fg-subtle">
                    {t("metaCatalog.categories.text")}
                  </Text>
                </FocusModal.Description>
              </div>
              <CategoryList categories={categories} draft={draft} setDraft={setDraft} />
            </div>
          </FocusModal.Body>
          <FocusModal.Footer>
            <Button type="button" size="small" variant="secondary" onClick={() => guard.onOpenChange(false)}>
              {t("metaCatalog.action.cancel")}
            </Button>
            <Button type="submit" size="small" isLoading={save.isPending}>
              {t("metaCatalog.action.save")}
            </Button>
          </FocusModal.Footer>
        </form>
        <DiscardPrompt guard={guard} />
      </FocusModal.Content>
    </FocusModal>
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

/** Escape in the search for a Google category ends that search. */
function keepModal(event: Event): void {
  if (event.target instanceof Element && event.target.closest("[data-ends-on-escape]")) {
    event.preventDefault()
  }
}

/** Enter in a search must not save the form. */
function keepForm(event: { key: string; preventDefault: () => void }): void {
  if (event.key === "Enter") {
    event.preventDefault()
  }
}
