import type { MedusaContainer } from "@medusajs/framework/types"
import { metaCatalog } from "../../src/workflows/open-catalog"
import { pullUploads } from "../../src/workflows/uploads/pull-uploads"
import { pushItems } from "../../src/workflows/push/push-items"
import { settleBatches } from "../../src/workflows/push/settle-batches"
import { startCarriers } from "../../src/workflows/push/start-carriers"
import { startUploads } from "../../src/workflows/uploads/start-uploads"
import { buildFeed } from "../../src/workflows/steps/build-feed"
import { sweep } from "../../src/workflows/push/sweep"

/** The catalogue a task is for. */
export type Subject = { catalogId: string; feedId: string }

type Task = (container: MedusaContainer, subject: Subject) => Promise<unknown>

async function upkeep(container: MedusaContainer): Promise<void> {
  const { batches, carriers, options } = metaCatalog(container)
  await batches.expireLeases({ windowMs: options.doubtfulWindowMs })
  await carriers.expireCarriers({ windowMs: options.doubtfulWindowMs })
  await batches.closeDoubtful()
}

async function uploads(container: MedusaContainer, { catalogId }: Subject): Promise<void> {
  await startUploads(container, catalogId)
  await pullUploads(container, catalogId)
}

/** A build that stood still until another took its place says so by throwing, as it should. */
async function build(container: MedusaContainer, feedId: string, after?: number): Promise<void> {
  await buildFeed(container, feedId, { after }).catch((error: Error) => {
    if (error.name !== "BuildLost") {
      throw error
    }
  })
}

async function dueBuilds(container: MedusaContainer): Promise<void> {
  const { options, snapshots } = metaCatalog(container)
  for (const { id, snapshot_number } of await snapshots.listDueFeeds({ publicUrl: options.publicUrl ?? "" })) {
    await build(container, id, snapshot_number)
  }
}

/** The plugin's own pieces of work, as its rounds and jobs put them together, without the engine that starts them. */
export const TASKS = {
  push: (container, { catalogId }) => pushItems(container, catalogId),
  settle: (container, { catalogId }) => settleBatches(container, catalogId),
  sweep: (container, { catalogId }) => sweep(container, catalogId),
  build: (container, { feedId }) => build(container, feedId),
  builds: dueBuilds,
  uploads,
  upkeep,
  round: async (container, subject) => {
    await TASKS.send(container, subject)
    await TASKS.answers(container, subject)
  },
  /** What a round does first. */
  send: async (container, subject) => {
    await upkeep(container)
    await startCarriers(container, subject.catalogId)
    await pushItems(container, subject.catalogId)
  },
  /** What a round does once Meta has had a moment. */
  answers: async (container, subject) => {
    await settleBatches(container, subject.catalogId)
    await uploads(container, subject)
  },
} satisfies Record<string, Task> as Record<TaskName, Task>

export type TaskName = "push" | "settle" | "sweep" | "build" | "uploads" | "upkeep" | "round" | "send" | "answers" | "builds"
