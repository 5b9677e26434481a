/** An error of the admin API as a form shows it: `field` is empty when the message belongs to no single field. */
export type FieldMessage = { field: string; message: string }

/**
 * Reads an error thrown by the API client. Validation errors name their field first (`product_url_template: must …`);
 * a request body that fails the schema is reported by Medusa as `Invalid request: …, Field 'name' is required`.
 */
export function fieldMessage(error: unknown, fields: readonly string[]): FieldMessage {
  const message = errorText(error)
  const named = /^([a-z_]+): ?([\s\S]+)$/.exec(message)
  if (named && fields.includes(named[1]!)) {
    return { field: named[1]!, message: named[2]! }
  }
  const quoted = fields.find((field) => message.includes(`'${field}'`) || message.includes(`'${field},`))
  return { field: quoted ?? "", message }
}

/** The plain text of whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
