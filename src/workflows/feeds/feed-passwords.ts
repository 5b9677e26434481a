import { randomBytes } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { SecretUnreadable } from "../../modules/meta-catalog/catalogs/secrets"
import { metaCatalog } from "../open-catalog"

/** A fresh password for a feed, as its row keeps it. */
export function newPassword(container: MedusaContainer, feedId: string): string {
  const password = randomBytes(16).toString("base64url")
  return metaCatalog(container).secrets.encrypt(password, { rowId: feedId, column: "basic_password" })
}

/**
 * Replaces feed passwords that no configured key opens any more and has Meta told the new ones. Nobody could enter them
 * again, because they are ours and never shown; without them the feed is not served and no upload starts.
 */
export async function renewUnreadablePasswords(container: MedusaContainer, catalogId: string): Promise<void> {
  const module = metaCatalog(container)
  const feeds = await module.listFeeds({ catalog_id: catalogId }, { take: null, order: { id: "ASC" } })
  for (const feed of feeds) {
    if (await isReadable(container, feed.id)) {
      continue
    }
    await module.updateFeeds([{ id: feed.id, basic_password_encrypted: newPassword(container, feed.id) }])
    await module.feeds.markMetaStale({ feedId: feed.id })
  }
}

async function isReadable(container: MedusaContainer, feedId: string): Promise<boolean> {
  try {
    await metaCatalog(container).feedCredentials(feedId)
    return true
  } catch (error) {
    if (error instanceof SecretUnreadable) {
      return false
    }
    throw error
  }
}
