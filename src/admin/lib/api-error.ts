/** Messages by field name; those that belong to no field of the form are joined under `form`. */
export type FieldMessages = Record<string, string>

/**
 * Reads an error of the admin API, whose validation messages name their field first
 * (`product_url_template: must …; currency_code: choose …`).
 */
export function fieldMessages(error: unknown, fields: readonly string[]): FieldMessages {
  const messages: FieldMessages = {}
  let field = "form"
  for (const part of errorText(error).split("; ")) {
    const [, name, text] = /^([\w.]+): ([\s\S]+)$/.exec(part) ?? []
    const isNamed = name !== undefined && fields.includes(name)
    field = isNamed ? name : field
    messages[field] = [messages[field], isNamed ? text : part].filter(Boolean).join("; ")
  }
  return messages
}

const scheduleParts = ["interval", "interval_count", "hour", "minute", "timezone", "day_of_week", "day_of_month"]

const feedFields = ["strategy", "format", "override_value", "region_id", "currency_code", "locale", "columns", "primary_feed_ids"]

/** Messages about a feed of any kind; those about a part of a schedule stand under its dotted name, `schedule.timezone`. */
export function feedErrors(error: unknown): FieldMessages {
  const schedules = ["schedule", "update_schedule"].flatMap((name) => [name, ...scheduleParts.map((part) => `${name}.${part}`)])
  return fieldMessages(error, [...feedFields, ...schedules])
}

/** The plain text of whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
