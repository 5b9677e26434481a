/**
 * Condition: snapshot `number` held item `i` (both are names in the statement). An item knows only its present run of
 * snapshots, so one of an earlier run counts as not held; see ADR 5.
 */
export function heldBy(i: string, number: string): string {
  return `coalesce(${i}.written_since <= ${number}
    and (${i}.omitted_since is null or ${i}.omitted_since < ${i}.written_since or ${i}.omitted_since > ${number}), false)`
}
