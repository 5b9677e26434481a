import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError, Modules } from "@medusajs/framework/utils"
import { isMissingObject } from "../../graph-api/classify-error"
import { GraphError } from "../../graph-api/graph-error"
import { deleteFeed } from "../../graph-api/product-feeds"
import { clientOfStored } from "./client-at-field"
import { wordsOf } from "../graph-trouble"
import { metaCatalog, type CatalogRow } from "../open-catalog"

/**
 * Forgets a catalogue in this store. With `deleteAtMeta` its feeds at Meta are deleted first, and with them their items;
 * the typed Meta catalogue id has to agree, and a refusal of Meta's leaves everything as it was.
 *
 * @throws MedusaError with a message that starts with the field it is about.
 */
export async function deleteCatalog(
  container: MedusaContainer,
  catalog: CatalogRow,
  { deleteAtMeta, confirmedId }: { deleteAtMeta: boolean; confirmedId?: string }
): Promise<void> {
  const module = metaCatalog(container)
  if (deleteAtMeta) {
    if (confirmedId !== catalog.meta_catalog_id) {
      throw new MedusaError(
        MedusaError.Types.INVALID_DATA,
        "confirm_meta_catalog_id: type Meta's catalogue id to delete the feed and its items at Meta"
      )
    }
    if (catalog.public_url !== module.options.publicUrl) {
      throw new MedusaError(MedusaError.Types.NOT_ALLOWED, "delete_at_meta: this installation is not the one the catalogue was connected under")
    }
    await deleteFeedsAtMeta(container, catalog)
  }
  const { fileKeys } = await module.catalogs.forgetCatalog({ catalogId: catalog.id })
  if (catalog.public_url !== module.options.publicUrl) {
    // A copy of the store may share its files with it.
    return
  }
  // The rows are gone already: a file that cannot be deleted is an orphan, not a reason to fail.
  await container
    .resolve(Modules.FILE)
    .deleteFiles(fileKeys)
    .catch((error: Error) => {
      container.resolve(ContainerRegistrationKeys.LOGGER).warn(`[meta-catalog] files of ${catalog.name} could not be deleted: ${error.message}`)
    })
}

async function deleteFeedsAtMeta(container: MedusaContainer, catalog: CatalogRow): Promise<void> {
  const module = metaCatalog(container)
  const client = clientOfStored(module, catalog)
  const feeds = await module.listFeeds({ catalog_id: catalog.id }, { take: null, order: { id: "ASC" } })
  for (const feed of feeds.filter((candidate) => candidate.meta_feed_id !== null)) {
    try {
      await deleteFeed(client, { metaFeedId: feed.meta_feed_id as string })
    } catch (error) {
      if (!(error instanceof GraphError)) {
        throw error
      }
      if (!isMissingObject(error)) {
        throw new MedusaError(MedusaError.Types.NOT_ALLOWED, `delete_at_meta: Meta did not delete the feed: ${wordsOf(error)}`)
      }
    }
  }
}
