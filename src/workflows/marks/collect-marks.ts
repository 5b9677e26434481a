import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { markEverything, markHeard } from "./mark-heard"
import { metaCatalog } from "../open-catalog"

/** How long ids are collected after the first one. */
const WINDOW_MS = 20
/** As many ids are written at once, without waiting for the window to pass. */
const ENOUGH = 2_000
/**
 * More ids are not kept; one sweep stands for them. It is far more than one import brings, because a sweep asks the brake, and what
 * sells out by an event should not have to.
 */
export const TOO_MANY = 500_000
/** After the database refused the marks. */
const RETRY_MS = 1_000
const ATTEMPTS = 5

type Collected = {
  heard: Map<string, Set<string>>
  size: number
  hasOverflowed: boolean
  failures: number
  timer: NodeJS.Timeout | null
  /** The timer was set to run at once: setting it again would put it off for as long as events come. */
  isUrgent: boolean
  /** The flush in progress; the next one starts after it. */
  flushing: Promise<void> | null
}

/** Kept by the module's only instance, because a process of tests may hold several stores one after the other. */
const collectedByModule = new WeakMap<MetaCatalogModuleService, Collected>()

/**
 * Takes note of what an event named and returns at once. A workflow on 500 inventory levels sends a thousand events of one
 * id each; what they name within 20 ms becomes one mark. Ids that are lost with the process are found by the sweep.
 */
export function collectMarks(container: MedusaContainer, { event, ids }: { event: string; ids: string[] }): void {
  const collected = collectedOf(container)
  const known = collected.heard.get(event) ?? new Set()
  collected.heard.set(event, known)
  const before = known.size
  for (const id of ids) {
    known.add(id)
  }
  collected.size += known.size - before
  if (collected.size > TOO_MANY) {
    collected.heard.clear()
    collected.size = 0
    collected.hasOverflowed = true
  }
  planFlush(container, collected.size >= ENOUGH ? 0 : WINDOW_MS)
}

/** Whether everything that events have named so far is written, or was given up. */
export function areMarksWritten(container: MedusaContainer): boolean {
  const { flushing, heard, hasOverflowed } = collectedOf(container)
  return flushing === null && heard.size === 0 && !hasOverflowed
}

/** Writes what is collected and resolves when nothing is left, or when the database has refused it for now. Never rejects. */
export async function flushMarks(container: MedusaContainer): Promise<void> {
  const collected = collectedOf(container)
  while (collected.flushing || collected.heard.size > 0 || collected.hasOverflowed) {
    const failures = collected.failures
    collected.flushing ??= flush(container, collected)
    await collected.flushing
    if (collected.failures > failures) {
      return
    }
  }
}

function planFlush(container: MedusaContainer, waitMs: number): void {
  const collected = collectedOf(container)
  if (collected.flushing || (collected.timer && (waitMs > 0 || collected.isUrgent))) {
    return
  }
  if (collected.timer) {
    clearTimeout(collected.timer)
  }
  collected.isUrgent = waitMs === 0
  collected.timer = setTimeout(() => {
    collected.flushing ??= flush(container, collected)
  }, waitMs)
}

async function flush(container: MedusaContainer, collected: Collected): Promise<void> {
  if (collected.timer) {
    clearTimeout(collected.timer)
  }
  collected.timer = null
  const { heard, hasOverflowed } = collected
  Object.assign(collected, { heard: new Map(), size: 0, hasOverflowed: false })
  try {
    if (hasOverflowed) {
      await markEverything(container)
    }
    await markHeard(container, heard)
    collected.failures = 0
  } catch (error) {
    keepOrLetGo(container, { collected, heard, hasOverflowed, error })
  } finally {
    collected.flushing = null
    if (collected.heard.size > 0 || collected.hasOverflowed) {
      planFlush(container, collected.failures > 0 ? RETRY_MS : 0)
    }
  }
}

type Refused = { collected: Collected; heard: ReadonlyMap<string, ReadonlySet<string>>; hasOverflowed: boolean; error: unknown }

/** The database refused: the ids are tried again for a few seconds, and then they are the sweep's. */
function keepOrLetGo(container: MedusaContainer, { collected, heard, hasOverflowed, error }: Refused): void {
  collected.failures += 1
  const isLast = collected.failures >= ATTEMPTS
  const message = error instanceof Error ? error.message : String(error)
  const logger = container.resolve<Logger>(ContainerRegistrationKeys.LOGGER)
  if (isLast) {
    logger.error(`[meta-catalog] changes could not be marked and are left to the sweep: ${message}`)
    collected.failures = 0
    collected.hasOverflowed = true
    return
  }
  logger.warn(`[meta-catalog] changes could not be marked and are tried again: ${message}`)
  collected.hasOverflowed ||= hasOverflowed
  for (const [event, ids] of heard) {
    const later = collected.heard.get(event) ?? new Set()
    collected.heard.set(event, later)
    for (const id of ids) {
      later.add(id)
    }
  }
  collected.size = [...collected.heard.values()].reduce((sum, ids) => sum + ids.size, 0)
}

function collectedOf(container: MedusaContainer): Collected {
  const module = metaCatalog(container)
  const known = collectedByModule.get(module)
  if (known) {
    return known
  }
  const collected: Collected = { heard: new Map(), size: 0, hasOverflowed: false, failures: 0, timer: null, isUrgent: false, flushing: null }
  collectedByModule.set(module, collected)
  module.beforeShutdown.add(() => flushMarks(container))
  return collected
}
