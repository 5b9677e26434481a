import { Button, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminCatalog } from "../../../api/admin/meta-catalog/catalog-types"
import { useCategories } from "../../hooks/use-categories"
import { useFormatters } from "../../hooks/use-formatters"
import { CategoriesModal } from "./categories-modal"
import { LoadError } from "../load-error"
import { LoadingRows } from "../loading-rows"
import { Section } from "../section"

/** How many of the store's categories have one of Google's, with a way to map them. */
export function CategoriesSection({ catalog }: { catalog: AdminCatalog }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const { data, error, refetch } = useCategories(catalog.id)
  const [isOpen, setOpen] = useState(false)
  const categories = data?.categories ?? []
  const mapped = categories.filter(({ own, inherited }) => own ?? inherited).length
  return (
    <Section
      title={t("metaCatalog.categories.title")}
      actions={
        categories.length > 0 && (
          <Button size="small" variant="secondary" onClick={() => setOpen(true)}>
            {t("metaCatalog.categories.change")}
          </Button>
        )
      }
    >
      {!data && (error ? <LoadError error={error} retry={refetch} /> : <LoadingRows rows={1} />)}
      {data && (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4" data-testid="categories-summary">
          {categories.length === 0
            ? t("metaCatalog.categories.none")
            : t("metaCatalog.categories.summary", { count: categories.length, number: format.number(categories.length), mapped: format.number(mapped) })}
        </Text>
      )}
      {isOpen && <CategoriesModal catalogId={catalog.id} categories={categories} close={() => setOpen(false)} />}
    </Section>
  )
}
