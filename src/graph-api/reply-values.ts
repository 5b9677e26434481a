import { z } from "@medusajs/framework/zod"

/** An id: a numeric string by contract, a bare number in some replies (CONTRACT 1.3); long ones were kept whole by `parseLossless`. */
export const graphId = z.union([z.string().min(1), z.number().int()]).transform(String)

/** Text that some replies print as a number, such as a retailer id of digits only. */
export const graphText = z.union([z.string(), z.number()]).transform(String)

/** A count; some come as text. */
export const graphCount = z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)])

/** A time as `2027-02-03T04:05:06+0000` (offset without colon, seed 4), with a colon or Z, or as unix seconds. */
export const graphTime = z.union([z.string(), z.number()]).transform((value, context) => {
  const text = typeof value === "number" || /^\d+$/.test(value) ? Number(value) * 1000 : value.replace(/([+-]\d{2})(\d{2})$/, "$1:$2")
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) {
    context.addIssue({ code: "custom", message: "not a time" })
    return z.NEVER
  }
  return time
})

/** The reply of a change: `{"success":true}`, whose exact shape is unconfirmed for some edges (CONTRACT 4.2); only a plain no is refused. */
export const changeReply = z.looseObject({ success: z.literal(true).optional() })
