import { z } from "zod"
import { badParameter } from "./errors"

/** A flag: JSON true/false, or the texts forms carry. */
export const flag = z.union([z.boolean(), z.enum(["true", "false", "1", "0"]), z.literal(1), z.literal(0)]).transform((value) => {
  return value === true || value === "true" || value === "1" || value === 1
})

/** An unsigned integer: a JSON number or decimal text. */
export const uint = z
  .union([z.number().int().min(0), z.string().regex(/^\d{1,15}$/, "must be a non-negative integer")])
  .transform((value) => Number(value))

/** A node id: decimal text. A JSON number is accepted where it is exact. */
export const nodeId = z
  .union([z.string().regex(/^\d{1,20}$/, "must be a numeric id"), z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)])
  .transform((value) => String(value))

/** A nested value: as it is in a JSON body, or strict JSON text in a query or form (CONTRACT 1.3). */
export function nested<T extends z.ZodType>(schema: T) {
  return z
    .unknown()
    .transform((value, context) => {
      if (typeof value !== "string") {
        return value
      }
      try {
        return JSON.parse(value) as unknown
      } catch {
        context.addIssue({ code: "custom", message: "must be valid JSON" })
        return z.NEVER
      }
    })
    .pipe(schema)
}

/** Parameters any call may carry besides its own. */
const common = { locale: z.string().optional(), format: z.literal("json").optional() }

/**
 * A call's parameters, checked. A parameter the call does not know is refused with code 100, so a client's slip shows here
 * and not first at Meta; Meta itself ignores some of them.
 */
export function readParams<Shape extends z.ZodRawShape>(shape: Shape, params: Record<string, unknown>) {
  const result = z.strictObject({ ...common, ...shape }).safeParse(params)
  if (result.success) {
    return result.data
  }
  const [issue] = result.error.issues
  if (issue.code === "unrecognized_keys") {
    throw badParameter(`Unknown parameter: ${issue.keys.join(", ")}`)
  }
  const name = issue.path.map(String).join(".")
  if (issue.code === "invalid_type" && issue.path.length === 1 && !Object.hasOwn(params, String(issue.path[0]))) {
    throw badParameter(`The parameter ${name} is required.`)
  }
  throw badParameter(`Param ${name}: ${issue.message}`)
}
