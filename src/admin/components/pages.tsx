import { Table } from "@medusajs/ui"
import { useTranslation } from "react-i18next"

export type PagesProps = {
  count: number
  pageSize: number
  /** From 0. */
  page: number
  setPage: (page: number) => void
  /** What is counted, as the end of "1 – 20 of 45". */
  results: string
}

/** The way through a list that is shown a page at a time. */
export function Pages({ count, pageSize, page, setPage, results }: PagesProps) {
  const { t } = useTranslation()
  const pageCount = Math.ceil(count / pageSize)
  return (
    <Table.Pagination
      className="flex-wrap"
      count={count}
      pageSize={pageSize}
      pageIndex={page}
      pageCount={pageCount}
      canPreviousPage={page > 0}
      canNextPage={page + 1 < pageCount}
      previousPage={() => setPage(page - 1)}
      nextPage={() => setPage(page + 1)}
      translations={{
        of: t("metaCatalog.pages.of"),
        results,
        pages: t("metaCatalog.pages.pages"),
        prev: t("metaCatalog.pages.prev"),
        next: t("metaCatalog.pages.next"),
      }}
    />
  )
}
