import { Button, Input, Text } from "@medusajs/ui"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AdminColumns } from "../../../api/admin/meta-catalog/column-types"
import { useParts } from "../../hooks/use-parts"
import { errorText } from "../../lib/api-error"
import { Field } from "../field"

/** The product whose values are shown, and a search for another. */
export function ExampleProduct({ example, choose }: { example: AdminColumns["example"]; choose: (productId: string) => void }) {
  const { t } = useTranslation()
  const [isSearching, setSearching] = useState(false)
  return (
    <div className="flex flex-col gap-y-2">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <Text size="small" className="text-ui-fg-subtle min-w-0 break-words" data-testid="example-product">
          {example
            ? t("metaCatalog.columns.exampleOf", { title: [example.title, example.variant_title].filter(Boolean).join(" – ") })
            : t("metaCatalog.columns.noProduct")}
        </Text>
        <Button type="button" size="small" variant="secondary" aria-expanded={isSearching} onClick={() => setSearching(!isSearching)}>
          {t("metaCatalog.columns.otherProduct")}
        </Button>
      </div>
      {isSearching && (
        <ProductSearch
          choose={(productId) => {
            choose(productId)
            setSearching(false)
          }}
        />
      )}
    </div>
  )
}

const shownAtOnce = 8

function ProductSearch({ choose }: { choose: (productId: string) => void }) {
  const { t } = useTranslation()
  const [words, setWords] = useState("")
  const { data, error } = useParts({ scope: "product", q: words, collection_id: "", category_id: "" })
  return (
    <div className="flex flex-col gap-y-2">
      <Field id="example-search" label={t("metaCatalog.stock.part.search")}>
        {(control) => <Input {...control} type="search" autoFocus value={words} onChange={(event) => setWords(event.target.value)} />}
      </Field>
      <ul className="flex flex-col" aria-live="polite" data-testid="example-products">
        {(data?.parts ?? []).slice(0, shownAtOnce).map((part) => (
          <li key={part.reference_id}>
            <button
              type="button"
              className="txt-small text-ui-fg-base hover:bg-ui-bg-base-hover focus-visible:shadow-borders-focus w-full break-words rounded-md px-2 py-1.5 text-left outline-none"
              onClick={() => choose(part.reference_id)}
            >
              {part.name ?? part.reference_id}
            </button>
          </li>
        ))}
      </ul>
      {error && <Text size="small">{errorText(error)}</Text>}
      {data?.parts.length === 0 && (
        <Text size="small" className="text-ui-fg-muted">
          {t("metaCatalog.stock.part.none")}
        </Text>
      )}
    </div>
  )
}
