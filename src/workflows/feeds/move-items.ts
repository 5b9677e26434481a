import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, MedusaError } from "@medusajs/framework/utils"
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@medusajs/framework/workflows-sdk"
import { itemsInScope, type ItemScope } from "../../catalog/stock/items-in-scope"
import { buildSoon } from "./build-soon"
import { ensureFeedWorkflow } from "./ensure-feed"
import { keepInStep } from "../pace/keep-in-step"
import { metaCatalog } from "../open-catalog"

/** Which items move: these, those of a part of the store, or a whole feed's. */
export type MoveItemsInput = { catalog_id: string; to_feed_id: string; item_ids?: string[]; scope?: ItemScope; from_feed_id?: string }

/** `moved` by the feed they left; `stayed`: asked for, but there already, not offered any more, without a valid row, or in an upload at this moment. */
export type MoveItemsResult = { moved: { feed_id: string; items: number }[]; stayed: number }

/**
 * Moves items to another feed of their catalogue. An item that leaves a replace file is deleted at Meta, with its tags and its
 * ranking, and made anew from the other feed's file; nothing is sent for it in between. Both files are built at once, and both uploads
 * follow, the second when Meta has taken in the first.
 *
 * @throws MedusaError whose message starts with the field it is about.
 */
export async function moveItems(container: MedusaContainer, input: MoveItemsInput): Promise<MoveItemsResult> {
  const module = metaCatalog(container)
  const catalogId = input.catalog_id
  const feeds = await module.listFeeds({ catalog_id: catalogId, kind: "replace" }, { take: null, order: { id: "ASC" } })
  refuseUnless(feeds.some((feed) => feed.id === input.to_feed_id), "to_feed_id: the catalogue has no such feed")
  const migrating = await module.moves.migratingFeed({ feedIds: feeds.map((feed) => feed.id) })
  refuseUnless(!migrating, "to_feed_id: a whole feed is coming over in this catalogue; wait until the feed it left has ended")
  if (input.from_feed_id) {
    return await migrate(container, { ...input, from_feed_id: input.from_feed_id })
  }
  const itemIds = await chosen(container, input)
  refuseUnless(itemIds.length > 0, "item_ids: there are no such items in this catalogue")
  for (const feed of feeds.filter((candidate) => candidate.id !== input.to_feed_id)) {
    const leaving = await module.listItems({ id: itemIds, feed_id: feed.id }, { select: ["id"], take: 1 })
    refuseUnless(leaving.length === 0 || !feed.never_deletes, "item_ids: Meta deletes nothing from the feed they are in, so they cannot leave it one by one; move the whole feed with from_feed_id instead")
    const isEmptied = leaving.length > 0 && (await module.moves.countStaying({ feedId: feed.id, itemIds })) === 0
    refuseUnless(!isEmptied, "item_ids: nothing would be left in the feed, and Meta refuses an empty file; move the whole feed with from_feed_id instead")
  }
  const moved = await module.moves.moveItems({ catalogId, toFeedId: input.to_feed_id, itemIds })
  for (const { feed_id } of moved) {
    await module.feeds.requestBuild({ feedId: feed_id, thenUpload: true })
    await buildSoon(container, { feedId: feed_id, catalogId })
  }
  keepInStep(container, catalogId, 0)
  return { moved, stayed: itemIds.length - moved.reduce((sum, { items }) => sum + items, 0) }
}

async function migrate(container: MedusaContainer, input: MoveItemsInput & { from_feed_id: string }): Promise<MoveItemsResult> {
  const { catalog_id: catalogId, from_feed_id: fromFeedId, to_feed_id: toFeedId } = input
  const module = metaCatalog(container)
  const [from] = await module.listFeeds({ id: fromFeedId, catalog_id: catalogId, kind: "replace" }, { take: 1 })
  refuseUnless(from !== undefined && fromFeedId !== toFeedId, "from_feed_id: the catalogue has no such other feed")
  refuseUnless(from.meta_feed_id !== null, "from_feed_id: this feed does not exist at Meta yet")
  const [waiting] = await module.listItems({ moved_from_feed_id: [fromFeedId, toFeedId] }, { select: ["id"], take: 1 })
  refuseUnless(!waiting, "from_feed_id: single items are still moving between these feeds")
  await ensureFeedWorkflow(container).run({ input: { feed_id: toFeedId } })
  const items = await module.moves.migrateFeed({ fromFeedId, toFeedId })
  refuseUnless(items !== null, "from_feed_id: this feed is being built at this moment; try again in a few minutes")
  await module.feeds.requestBuild({ feedId: toFeedId, thenUpload: true })
  await buildSoon(container, { feedId: toFeedId, catalogId })
  keepInStep(container, catalogId, 0)
  return { moved: [{ feed_id: fromFeedId, items }], stayed: 0 }
}

async function chosen(container: MedusaContainer, { catalog_id, item_ids, scope }: MoveItemsInput): Promise<string[]> {
  if (scope) {
    const sql = container.resolve<Knex>(ContainerRegistrationKeys.PG_CONNECTION)
    return await itemsInScope(sql, { catalogId: catalog_id, scope })
  }
  const items = await metaCatalog(container).listItems({ catalog_id, id: item_ids ?? [] }, { select: ["id"], take: null, order: { id: "ASC" } })
  return items.map((item) => item.id)
}

function refuseUnless(holds: boolean, message: string): asserts holds {
  if (!holds) {
    throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
  }
}

const moveItemsStep = createStep("meta-catalog-move-items", async (input: MoveItemsInput, { container }) => new StepResponse(await moveItems(container, input)))

/** Moves items to another feed of their catalogue. */
export const moveItemsWorkflow = createWorkflow("meta-catalog-move-items", (input: MoveItemsInput) => new WorkflowResponse(moveItemsStep(input)))
