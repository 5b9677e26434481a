import { Badge, StatusBadge, Text } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import type { AdminIssue } from "../../../api/admin/meta-catalog/issue-types"

export type IssueLineProps = {
  issue: AdminIssue
  /** Where the issue belongs to, for instance a link to its product. */
  children?: ReactNode
}

/** One issue: how bad, what, in which field, and what to do about it. */
export function IssueLine({ issue, children }: IssueLineProps) {
  const { t } = useTranslation()
  return (
    <div className="flex min-w-0 flex-col gap-y-1" data-issue={issue.code}>
      <div className="flex flex-wrap items-center gap-2">
        <StatusBadge color={issue.severity === "error" ? "red" : "orange"}>{t(`metaCatalog.severity.${issue.severity}`)}</StatusBadge>
        <Text size="small" leading="compact" weight="plus">
          {issue.title}
        </Text>
        {issue.field && <Badge size="2xsmall">{issue.field}</Badge>}
      </div>
      {issue.message !== issue.title && (
        <Text size="small" className="text-ui-fg-subtle break-words">
          {issue.message}
        </Text>
      )}
      {issue.action && (
        <Text size="small" className="break-words">
          <span className="text-ui-fg-muted">{t("metaCatalog.issues.todo")}</span> {issue.action}
        </Text>
      )}
      {children}
    </div>
  )
}
