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

/** Messages about a feed; those about a part of its schedules are told at the schedule. */
export function feedErrors(error: unknown): FieldMessages {
  const messages = fieldMessages(error, ["strategy", "format", "update_schedule", "update_schedule.interval_count", "schedule", "schedule.timezone"])
  const { "update_schedule.interval_count": hours, "schedule.timezone": zone, ...rest } = messages
  return { ...rest, ...(hours && { update_schedule: hours }), ...(zone && { schedule: zone }) }
}

/** The plain text of whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
