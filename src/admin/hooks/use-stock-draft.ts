import { useMemo, useState } from "react"
import type { AdminStockPolicy, AdminStockRuleInput } from "../../api/admin/meta-catalog/stock-types"
import { catalogRule, draftErrors, putRules, ruleLines, setForAll, startDraft, toRules, type DraftErrors, type Part, type RuleLine } from "../lib/stock-draft"
import type { StockField, StockValues } from "../lib/stock-form"
import { useSaveStockPolicy, useStockPreview } from "./use-stock-policy"

const noErrors: DraftErrors = { catalog: {}, rules: {}, form: undefined }

/**
 * State of the stock policy's page: what was changed, what that would do, and what is wrong with it. What others save meanwhile is
 * taken over only while nothing is changed here, or their change would look like one to take back.
 */
export function useStockDraft(catalogId: string, newest: AdminStockPolicy) {
  const [policy, setPolicy] = useState(newest)
  const [draft, setDraft] = useState(() => startDraft(newest))
  const [refused, setRefused] = useState<{ error: unknown; rules: AdminStockRuleInput[] } | null>(null)
  const [acceptsMassChange, acceptMassChange] = useState(false)
  const rules = useMemo(() => toRules(policy, draft), [policy, draft])
  const isChanged = rules.length > 0
  if (newest !== policy && !isChanged) {
    setPolicy(newest)
    setDraft(startDraft(newest))
  }
  const preview = useStockPreview(catalogId, isChanged ? rules : [catalogRule(policy, draft)])
  const save = useSaveStockPolicy(catalogId)

  function change(next: typeof draft) {
    setDraft(next)
    setRefused(null)
    acceptMassChange(false)
  }

  const problem = refused ?? (preview.error && !preview.isBehind ? { error: preview.error, rules: preview.rules } : null)
  return {
    values: draft.catalog,
    set: (field: StockField, value: string | boolean | string[]) => change({ ...draft, catalog: { ...draft.catalog, [field]: value } }),
    lines: ruleLines(policy, draft),
    errors: problem ? draftErrors(problem.error, problem.rules) : noErrors,
    /** One rule as it was edited, in the place of what it was. */
    put: (line: Part, values: StockValues) => change(putRules(policy, draft, [{ ...line, values }])),
    setForAll: (parts: readonly Part[], values: StockValues) => change(setForAll(policy, draft, { parts, values })),
    restore: (line: RuleLine) =>
      change({ ...draft, rules: draft.rules.filter((rule) => rule.scope !== line.scope || rule.reference_id !== line.reference_id) }),
    discard: () => change(startDraft(policy)),
    isChanged,
    preview: { preview: preview.data, isBehind: preview.isBehind, isRefused: problem !== null, isChanged, acceptsMassChange, acceptMassChange },
    isSaving: save.isPending,
    save: (done: () => void) =>
      save.mutate(
        { rules, accept_mass_change: acceptsMassChange },
        {
          onSuccess: (saved) => {
            setPolicy(saved)
            change(startDraft(saved))
            done()
          },
          onError: (error) => setRefused({ error, rules }),
        }
      ),
  }
}

export type StockDraftState = ReturnType<typeof useStockDraft>
