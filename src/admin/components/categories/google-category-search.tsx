import { Input, Text } from "@medusajs/ui"
import { type KeyboardEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminGoogleCategory } from "../../../api/admin/meta-catalog/category-types"
import { useGoogleCategories } from "../../hooks/use-categories"
import { errorText } from "../../lib/api-error"
import { Field } from "../field"

export type GoogleCategorySearchProps = { id: string; choose: (google: AdminGoogleCategory) => void; close: () => void }

/** Finds a category of Google's by words or id. Enter takes the first one found, Escape ends the search. */
export function GoogleCategorySearch({ id, choose, close }: GoogleCategorySearchProps) {
  const { t } = useTranslation()
  const [words, setWords] = useState("")
  const { data, error, isPlaceholderData } = useGoogleCategories(words)
  const isTyped = words.trim() !== ""
  const found = isTyped ? (data?.google_categories ?? []) : []

  function endOnEscape(event: KeyboardEvent) {
    if (event.key === "Escape") {
      close()
    }
  }

  function takeFirst(event: KeyboardEvent) {
    if (event.key === "Enter") {
      event.preventDefault()
      if (found.length > 0 && !isPlaceholderData) {
        choose(found[0])
      }
    }
  }

  return (
    <div className="flex flex-col gap-y-2" data-ends-on-escape onKeyDown={endOnEscape}>
      <Field id={id} label={t("metaCatalog.categories.words")}>
        {(control) => <Input {...control} type="search" autoFocus value={words} onKeyDown={takeFirst} onChange={(event) => setWords(event.target.value)} />}
      </Field>
      <ul className="flex flex-col" aria-live="polite" data-testid="google-categories">
        {found.map((google) => (
          <li key={google.id}>
            <button
              type="button"
              className="txt-small text-ui-fg-base hover:bg-ui-bg-base-hover focus-visible:shadow-borders-focus w-full break-words rounded-md px-2 py-1.5 text-left outline-none"
              onClick={() => choose(google)}
            >
              {google.path}
            </button>
          </li>
        ))}
      </ul>
      {error && <Text size="small">{errorText(error)}</Text>}
      {isTyped && data?.google_categories.length === 0 && (
        <Text size="small" className="text-ui-fg-muted">
          {t("metaCatalog.categories.notFound")}
        </Text>
      )}
    </div>
  )
}
