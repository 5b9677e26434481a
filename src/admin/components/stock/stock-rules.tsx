import { Badge, Button, StatusBadge, Text } from "@medusajs/ui"
import { useTranslation } from "react-i18next"
import type { FieldMessages } from "../../lib/api-error"
import type { StateColor } from "../../lib/feed-state"
import { useSettingText } from "../../hooks/use-setting-text"
import { placeOf, type RuleLine } from "../../lib/stock-draft"
import { stockFieldNames } from "../../lib/stock-form"
import { EmptyState } from "../empty-state"
import { Section } from "../section"

export type StockRulesProps = {
  lines: RuleLine[]
  errors: Record<string, FieldMessages>
  add: () => void
  edit: (line: RuleLine) => void
  remove: (line: RuleLine) => void
  /** Takes the change of this rule back. */
  restore: (line: RuleLine) => void
}

/** The rules for parts of the catalogue, stored and drafted. */
export function StockRules({ lines, add, ...rest }: StockRulesProps) {
  const { t } = useTranslation()
  return (
    <Section
      title={t("metaCatalog.stock.rule.title")}
      actions={
        <Button type="button" size="small" variant="secondary" onClick={add}>
          {t("metaCatalog.stock.rule.add")}
        </Button>
      }
    >
      {lines.length === 0 ? (
        <EmptyState title={t("metaCatalog.stock.rule.none")} text={t("metaCatalog.stock.rule.noneText")} />
      ) : (
        <ul className="divide-y" data-testid="stock-rules">
          {lines.map((line) => (
            <Rule key={placeOf(line)} line={line} {...rest} />
          ))}
        </ul>
      )}
    </Section>
  )
}

const stateColor: Record<RuleLine["state"], StateColor> = { stored: "grey", changed: "orange", new: "blue", removed: "red" }

function Rule({ line, errors, edit, remove, restore }: { line: RuleLine } & Omit<StockRulesProps, "lines" | "add">) {
  const { t } = useTranslation()
  const settingText = useSettingText()
  const messages = Object.entries(errors[placeOf(line)] ?? {})
  const name = line.name ?? t("metaCatalog.stock.rule.gone", { id: line.reference_id })
  const made = stockFieldNames.filter((field) => line.values[field] !== undefined)
  return (
    <li className="flex flex-col gap-y-2 px-6 py-4" data-rule={line.reference_id} data-state={line.state}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <Text size="small" leading="compact" weight="plus" className="break-words">
            {name}
          </Text>
          <Badge size="2xsmall">{t(`metaCatalog.stock.scope.${line.scope}`)}</Badge>
          {line.state !== "stored" && <StatusBadge color={stateColor[line.state]}>{t(`metaCatalog.stock.rule.state.${line.state}`)}</StatusBadge>}
        </div>
        <div className="flex items-center gap-x-1">
          {line.state !== "stored" && <Action name="restore" of={name} run={() => restore(line)} />}
          {line.state !== "removed" && <Action name="edit" of={name} run={() => edit(line)} />}
          {(line.state === "stored" || line.state === "changed") && <Action name="remove" of={name} run={() => remove(line)} />}
        </div>
      </div>
      <ul className="text-ui-fg-subtle txt-small flex flex-col">
        {made.map((field) => (
          <li key={field} className={line.state === "removed" ? "line-through" : "break-words"}>
            {t("metaCatalog.stock.rule.setting", { name: t(`metaCatalog.stock.field.${field}`), value: settingText(field, line.values[field]) })}
          </li>
        ))}
      </ul>
      {messages.map(([field, message]) => (
        <Text key={field} size="small" className="text-ui-fg-error break-words" role="alert">
          {field in line.values ? `${t(`metaCatalog.stock.field.${field}`)}: ${message}` : message}
        </Text>
      ))}
    </li>
  )
}

function Action({ name, of, run }: { name: "edit" | "remove" | "restore"; of: string; run: () => void }) {
  const { t } = useTranslation()
  const label = t(`metaCatalog.stock.rule.action.${name}`)
  return (
    <Button type="button" size="small" variant="transparent" className="text-ui-fg-subtle" aria-label={`${label}: ${of}`} onClick={run}>
      {label}
    </Button>
  )
}
