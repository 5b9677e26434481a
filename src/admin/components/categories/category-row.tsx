import { Button, Text } from "@medusajs/ui"
import { useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminGoogleCategory } from "../../../api/admin/meta-catalog/category-types"
import { useFormatters } from "../../hooks/use-formatters"
import { suggestionOf, type CategoryLine } from "../../lib/category-draft"
import { GoogleCategorySearch } from "./google-category-search"

export type CategoryRowProps = { line: CategoryLine; choose: (google: AdminGoogleCategory | null) => void }

/** One category of the store: what it is at Google, from where that comes, and the ways to change it. */
export function CategoryRow({ line, choose }: CategoryRowProps) {
  const { t } = useTranslation()
  const [isSearching, setSearching] = useState(false)
  const search = useRef<HTMLButtonElement>(null)
  const name = line.category.path.join(" > ")
  const suggestion = suggestionOf(line)

  function endSearch(google?: AdminGoogleCategory) {
    if (google) {
      choose(google)
    }
    setSearching(false)
    search.current?.focus()
  }

  /** The button that was pressed goes away with what it did. */
  function chooseHere(google: AdminGoogleCategory | null) {
    choose(google)
    search.current?.focus()
  }

  return (
    <li className="flex flex-col gap-y-2 px-4 py-3" data-category={line.category.id}>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60 break-words">
          <CategoryName line={line} />
          <MappingText line={line} />
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            ref={search}
            type="button"
            size="small"
            variant="secondary"
            aria-expanded={isSearching}
            aria-label={t("metaCatalog.categories.searchFor", { name })}
            onClick={() => setSearching(!isSearching)}
          >
            {t("metaCatalog.categories.search")}
          </Button>
          {line.own && (
            <Button type="button" size="small" variant="transparent" aria-label={t("metaCatalog.categories.removeFor", { name })} onClick={() => chooseHere(null)}>
              {t("metaCatalog.categories.remove")}
            </Button>
          )}
        </div>
      </div>
      {suggestion && !isSearching && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Text size="small" className="text-ui-fg-subtle min-w-0 break-words">
            {t("metaCatalog.categories.suggestion", { path: suggestion.path })}
          </Text>
          <Button
            type="button"
            size="small"
            variant="transparent"
            aria-label={t("metaCatalog.categories.acceptFor", { path: suggestion.path, name })}
            onClick={() => chooseHere(suggestion)}
          >
            {t("metaCatalog.categories.accept")}
          </Button>
        </div>
      )}
      {isSearching && <GoogleCategorySearch id={`google-${line.category.id}`} choose={endSearch} close={() => endSearch()} />}
    </li>
  )
}

function CategoryName({ line: { category } }: { line: CategoryLine }) {
  const { t } = useTranslation()
  const format = useFormatters()
  const facts = [
    t("metaCatalog.categories.products", { count: category.product_count, number: format.number(category.product_count) }),
    ...(category.is_public ? [] : [t("metaCatalog.categories.hidden")]),
  ]
  return (
    <>
      {category.path.length > 1 && (
        <Text size="xsmall" className="text-ui-fg-muted">
          {category.path.slice(0, -1).join(" > ")}
        </Text>
      )}
      <Text size="small" weight="plus">
        {category.name}
      </Text>
      <Text size="xsmall" className="text-ui-fg-muted">
        {facts.join(" · ")}
      </Text>
    </>
  )
}

function MappingText({ line: { own, inherited } }: { line: CategoryLine }) {
  const { t } = useTranslation()
  const inheritedText = inherited && t("metaCatalog.categories.inherited", { name: inherited.from.join(" > "), path: inherited.path })
  return (
    <Text size="small" className={own ? "text-ui-fg-base" : "text-ui-fg-subtle"} data-testid="google-category">
      {own ? own.path : (inheritedText ?? t("metaCatalog.categories.unmapped"))}
    </Text>
  )
}
