import type { IEventBusModuleService, Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, EventPriority, Modules } from "@medusajs/framework/utils"

/** Emitted by a process that answers requests only; heard where subscribers run, which with the Redis event bus is on workers. */
export const WORK_WAITS = "meta-catalog.work-waits"

/** Something of a catalogue waits: a round within `delay_ms`, and before it the requested build of a feed. */
export type WaitingWork = { catalog_id: string; delay_ms: number; feed_id?: string }

/**
 * Whether this process leaves background work to others. In Medusa's worker mode `server` no jobs run, but a workflow's steps
 * run in the process that started it, background steps too.
 */
export function leavesWorkToWorkers(container: MedusaContainer): boolean {
  return container.resolve(ContainerRegistrationKeys.CONFIG_MODULE).projectConfig.workerMode === "server"
}

/**
 * Tells the workers that something waits. Nothing is lost where the event is: what waits stands in the database, and the
 * minute's jobs look there. Never rejects; need not be waited for, as the event bus may be away.
 */
export async function handOver(container: MedusaContainer, work: WaitingWork): Promise<void> {
  try {
    // A person may wait for it, behind thousands of stock events.
    await container.resolve<IEventBusModuleService>(Modules.EVENT_BUS).emit({ name: WORK_WAITS, data: work }, { priority: EventPriority.CRITICAL })
  } catch (error) {
    const logger = container.resolve<Logger>(ContainerRegistrationKeys.LOGGER)
    logger.warn(`[meta-catalog] workers were not told, and will look within a minute: ${error instanceof Error ? error.message : error}`)
  }
}
