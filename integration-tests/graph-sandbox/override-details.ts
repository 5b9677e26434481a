import { z } from "zod"
import { OVERRIDE_TYPES } from "./entities/item"
import type { GraphRequest } from "./graph-request"
import { nested, readParams } from "./params"
import { openItem } from "./product-items"

const list = z.union([nested(z.array(z.string())), z.string().transform((text) => text.split(",").map((key) => key.trim()))])

/** `GET /{item}/override_details`: every override of an item, of a type and for keys where they are given (Meta: overrides API). */
export async function readOverrideDetails(request: GraphRequest): Promise<unknown> {
  const item = await openItem(request)
  const { keys, type, fields: _fields } = readParams(
    { keys: list.optional(), type: z.enum(OVERRIDE_TYPES).optional(), fields: z.string().optional() },
    request.params
  )
  const data = OVERRIDE_TYPES.filter((kind) => type === undefined || kind === type).flatMap((kind) =>
    Object.entries(item.overrides[kind] ?? {})
      .filter(([key]) => keys === undefined || keys.includes(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { values }]) => ({ type: kind, key, values }))
  )
  return { data }
}
