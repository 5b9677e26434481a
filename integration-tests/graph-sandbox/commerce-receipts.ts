import type { EntityManager } from "typeorm"
import { z } from "zod"
import { ReceiptEntity } from "./entities/commerce"
import { badParameter } from "./errors"

/** Part of every changing order call (CONTRACT 8.3). */
export const idempotencyKey = z.string().min(1).max(255)

type KeyedCall = { nodeId: string; key: string; request: unknown }

/**
 * Carries a call out once per key: a second call with the key changes nothing and gets the first one's answer. The caller holds
 * the catalogue's write lock. Throws 100 when the key was used for something else.
 */
export async function oncePerKey(
  db: EntityManager,
  { nodeId, key, request }: KeyedCall,
  work: () => Promise<Record<string, unknown>>
): Promise<Record<string, unknown>> {
  const receipts = db.getRepository(ReceiptEntity)
  const text = JSON.stringify(request)
  const known = await receipts.findOneBy({ node_id: nodeId, idempotency_key: key })
  if (known) {
    if (known.request !== text) {
      throw badParameter("The idempotency_key was used for a different request")
    }
    return JSON.parse(known.reply) as Record<string, unknown>
  }
  const reply = await work()
  await receipts.insert({ node_id: nodeId, idempotency_key: key, request: text, reply: JSON.stringify(reply) })
  return reply
}
