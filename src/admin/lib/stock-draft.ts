import type { AdminStockPolicy, AdminStockRuleInput, AdminStockSettings } from "../../api/admin/meta-catalog/stock-types"
import { DEFAULT_STOCK_POLICY, type RuleScope } from "../../catalog/stock/stock-policy"
import { fieldMessages, type FieldMessages } from "./api-error"
import { setsNothing, stockFieldNames, toSettings, toValues, type StockValues } from "./stock-form"

/** What a rule for a part of the catalogue speaks of. */
export type Part = { scope: Exclude<RuleScope, "catalog">; reference_id: string; name: string | null }

/** A rule as a person writes it; without values it is taken away. */
export type RuleDraft = Part & { values: StockValues }

/** A policy while it is changed: the catalogue's settings, and the rules that differ from the stored ones. */
export type StockDraft = { catalog: StockValues; rules: RuleDraft[] }

/** A rule in the list, and how it differs from what is stored. */
export type RuleLine = RuleDraft & { state: "stored" | "changed" | "new" | "removed" }

/** One word for one part; two rules about the same part are one. */
export const placeOf = ({ scope, reference_id }: Pick<Part, "scope" | "reference_id">) => `${scope} ${reference_id}`

/** The draft of a policy nothing was changed of. Pure. */
export function startDraft(policy: AdminStockPolicy): StockDraft {
  return { catalog: toValues(policy.settings), rules: [] }
}

/** The rules for parts as they would be after saving, and those that would be gone; stored ones first. Pure. */
export function ruleLines(policy: AdminStockPolicy, draft: StockDraft): RuleLine[] {
  const stored = storedRules(policy)
  const drafts = new Map(draft.rules.map((rule) => [placeOf(rule), rule]))
  const known = new Set(stored.map(placeOf))
  const kept = stored.map((rule): RuleLine => {
    const change = drafts.get(placeOf(rule))
    if (!change) {
      return { ...rule, state: "stored" }
    }
    return setsNothing(change.values) ? { ...rule, state: "removed" } : { ...change, state: "changed" }
  })
  const added = draft.rules.filter((rule) => !known.has(placeOf(rule))).map((rule): RuleLine => ({ ...rule, state: "new" }))
  return [...kept, ...added]
}

/** The draft with these rules in the place of those about the same parts. One that is as stored is no change. Pure. */
export function putRules(policy: AdminStockPolicy, draft: StockDraft, rules: readonly RuleDraft[]): StockDraft {
  const stored = new Map(storedRules(policy).map((rule) => [placeOf(rule), rule.values]))
  const put = new Map([...draft.rules, ...rules].map((rule) => [placeOf(rule), rule]))
  const isChange = (rule: RuleDraft) => {
    const before = stored.get(placeOf(rule)) ?? {}
    return !isSame(rule.values, before) && !(setsNothing(rule.values) && setsNothing(before))
  }
  return { ...draft, rules: [...put.values()].filter(isChange) }
}

/** The draft with these values set for every part, whatever else its rule sets. Pure. */
export function setForAll(policy: AdminStockPolicy, draft: StockDraft, { parts, values }: { parts: readonly Part[]; values: StockValues }): StockDraft {
  const now = new Map(ruleLines(policy, draft).map((line) => [placeOf(line), line.state === "removed" ? {} : line.values]))
  return putRules(policy, draft, parts.map((part) => ({ ...part, values: { ...now.get(placeOf(part)), ...values } })))
}

/** The rules to look at or to save: only what was changed. The catalogue's own leaves out what is so without any rule. Pure. */
export function toRules(policy: AdminStockPolicy, draft: StockDraft): AdminStockRuleInput[] {
  const rules = draft.rules.map(({ scope, reference_id, values }) => ({ scope, reference_id, settings: setsNothing(values) ? {} : toSettings(values) }))
  return isSame(draft.catalog, toValues(policy.settings)) ? rules : [catalogRule(policy, draft), ...rules]
}

/** The catalogue's own rule; sent unchanged, it asks for a preview of how things stand. Pure. */
export function catalogRule(policy: AdminStockPolicy, draft: StockDraft): AdminStockRuleInput {
  const settings: AdminStockSettings = { ...policy.settings, ...toSettings(draft.catalog) }
  const decided = Object.entries(settings).filter(([field, value]) => !isSame(value, DEFAULT_STOCK_POLICY[field as keyof AdminStockSettings]))
  return { scope: "catalog", settings: Object.fromEntries(decided) as Partial<AdminStockSettings> }
}

/** Messages of the API for the fields of the catalogue, of each changed rule by its place, and of none of them. */
export type DraftErrors = { catalog: FieldMessages; rules: Record<string, FieldMessages>; form: string | undefined }

/** Puts an error at the fields of the rules that were sent. A setting that is named without its rule is the catalogue's. Pure. */
export function draftErrors(error: unknown, sent: readonly AdminStockRuleInput[]): DraftErrors {
  const names = sent.flatMap((_rule, index) => [...stockFieldNames.map((field) => `rules.${index}.settings.${field}`), `rules.${index}.reference_id`, `rules.${index}`])
  const { form, ...messages } = fieldMessages(error, [...names, ...stockFieldNames])
  const errors: DraftErrors = { catalog: {}, rules: {}, form }
  for (const [name, message] of Object.entries(messages)) {
    const [, index, field] = /^rules\.(\d+)(?:\.settings)?\.?(\w*)$/.exec(name) ?? []
    const rule = index === undefined ? undefined : sent[Number(index)]
    if (!rule || rule.scope === "catalog") {
      errors.catalog[field ?? name] = message
    } else {
      const place = placeOf({ scope: rule.scope, reference_id: rule.reference_id ?? "" })
      errors.rules[place] = { ...errors.rules[place], [field ?? ""]: message }
    }
  }
  return errors
}

function storedRules(policy: AdminStockPolicy): RuleDraft[] {
  return policy.rules.flatMap(({ scope, reference_id, name, settings }) =>
    scope === "catalog" ? [] : [{ scope, reference_id, name, values: toValues(settings) }]
  )
}

/** Whether two settings, or two sets of them, are the same whatever their order. */
function isSame(one: unknown, other: unknown): boolean {
  const ordered = (value: unknown) => JSON.stringify(value, (_key, part: unknown) => (isPlain(part) ? Object.fromEntries(Object.entries(part).sort()) : part))
  return ordered(one) === ordered(other)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
