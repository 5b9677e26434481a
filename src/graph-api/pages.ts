import { z } from "@medusajs/framework/zod"
import type { GraphCall, GraphClient } from "./client"
import { GraphError } from "./graph-error"

const paging = z.looseObject({
  cursors: z.looseObject({ after: z.string().nullish() }).nullish(),
  next: z.string().nullish(),
})

/** One page of a list edge; `after` is the cursor of the next one, null where the list has ended. */
export type Page<T> = { elements: T[]; after: string | null }

type ListCall = Pick<GraphCall, "path" | "query" | "secrets">

/**
 * Reads the page of a list edge that follows the cursor `after`, or the first one.
 *
 * A further page exists while `paging.next` is there; its request is rebuilt from `cursors.after`, because `next` carries the token
 * (CONTRACT 1.3). Pages may be shorter than the limit, even empty, and still not be the last.
 * Throws GraphError when a further page is promised without a new cursor: ending quietly would pass a part for the whole.
 */
export async function readPage<T>(client: GraphClient, { after, ...call }: ListCall & { after: string | null }, element: z.ZodType<T>): Promise<Page<T>> {
  const page = z.looseObject({ data: z.array(element), paging: paging.nullish() })
  const reply = await client.request({ method: "GET", ...call, query: { ...call.query, after: after ?? undefined } }, page)
  if (!reply.paging?.next) {
    return { elements: reply.data, after: null }
  }
  const next = reply.paging.cursors?.after ?? null
  if (next === null || next === after) {
    throw new GraphError(`GET ${call.path} promises a further page without a new cursor`, { kind: "unreadable", outcome: "not_applied" })
  }
  return { elements: reply.data, after: next }
}

/** Yields every element of a list edge, page after page, in Meta's order. Throws what `readPage` throws. */
export async function* readPages<T>(client: GraphClient, call: ListCall, element: z.ZodType<T>): AsyncGenerator<T, void, undefined> {
  let after: string | null = null
  do {
    const page: Page<T> = await readPage(client, { ...call, after }, element)
    yield* page.elements
    after = page.after
  } while (after !== null)
}
