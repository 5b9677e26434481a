/** A value a merchant put into `metadata` under a Meta field name, as trimmed text; null when there is none. */
export function metadataText(metadata: Record<string, unknown> | null, name: string): string | null {
  const value = metadata?.[name]
  if (typeof value === "number" || typeof value === "bigint") return String(value)
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null
}
