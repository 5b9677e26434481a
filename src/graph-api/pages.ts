import { z } from "@medusajs/framework/zod"
import type { GraphCall, GraphClient } from "./client"
import { GraphError } from "./graph-error"

const paging = z.looseObject({
  cursors: z.looseObject({ after: z.string().nullish() }).nullish(),
  next: z.string().nullish(),
})

/**
 * Yields every element of a list edge, page after page, in Meta's order.
 *
 * A further page exists while `paging.next` is there; its request is rebuilt from `cursors.after`, because `next` carries the token
 * (CONTRACT 1.3). Pages may be shorter than the limit, even empty, and still not be the last.
 * Throws GraphError when a further page is promised without a new cursor: ending quietly would pass a part for the whole.
 */
export async function* readPages<T>(
  client: GraphClient,
  call: Pick<GraphCall, "path" | "query" | "secrets">,
  element: z.ZodType<T>
): AsyncGenerator<T, void, undefined> {
  const page = z.looseObject({ data: z.array(element), paging: paging.nullish() })
  let after: string | undefined
  for (;;) {
    const reply = await client.request({ method: "GET", ...call, query: { ...call.query, after } }, page)
    yield* reply.data
    if (!reply.paging?.next) {
      return
    }
    const next = reply.paging.cursors?.after ?? undefined
    if (next === undefined || next === after) {
      throw new GraphError(`GET ${call.path} promises a further page without a new cursor`, { kind: "unreadable", outcome: "not_applied" })
    }
    after = next
  }
}
