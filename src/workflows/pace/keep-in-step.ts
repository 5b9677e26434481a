import { setTimeout as sleep } from "node:timers/promises"
import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { isEnding, markEnding } from "./ending"
import { handOver, leavesWorkToWorkers } from "./hand-over"
import { metaCatalog } from "../open-catalog"
import { pullUploadsWorkflow } from "../uploads/pull-uploads"
import { pushItemsWorkflow } from "../push/push-items"
import { settleBatchesWorkflow } from "../push/settle-batches"
import { startCarriersWorkflow } from "../push/start-carriers"
import { startUploadsWorkflow } from "../uploads/start-uploads"
import { sweepWorkflow } from "../push/sweep"
import { tellMeta } from "../feeds/tell-meta"

/** The shortest and the longest pause between two rounds; beyond the longest the minute job takes over. */
const MIN_PAUSE_MS = 100
const MAX_PAUSE_MS = 60_000
/** After a round that threw: the database may be away. */
const FAILURE_PAUSE_MS = 5_000
/** How often handles are asked about while a long push goes on. */
const SETTLE_EVERY_MS = 300
/** How long a process that stops waits for the event bus, which may be away. */
const HAND_OVER_MS = 1_000

type Rounds = { timer: NodeJS.Timeout | null; dueAt: number; running: Promise<void> | null; wantedAt: number | null }

type Pace = { byCatalog: Map<string, Rounds> }

/**
 * One per process, kept by the module's only instance because requests bring containers of their own. Only a pace: what is to
 * be done stands in the database.
 */
const paces = new WeakMap<MetaCatalogModuleService, Pace>()

/**
 * Sees to it that a round for this catalogue starts within `delayMs`, and that rounds follow for as long as something
 * waits. A process that answers requests only, or was told to stop, leaves them to the workers.
 */
export function keepInStep(container: MedusaContainer, catalogId: string, delayMs: number): void {
  if (leavesWorkToWorkers(container) || isEnding(metaCatalog(container))) {
    void handOver(container, { catalog_id: catalogId, delay_ms: delayMs })
  } else {
    keepInStepHere(container, catalogId, delayMs)
  }
}

/** The same in this process, whatever its worker mode. Asking again while a round is planned or running costs nothing, which is the push's debounce. */
export function keepInStepHere(container: MedusaContainer, catalogId: string, delayMs: number): void {
  if (isEnding(metaCatalog(container))) {
    return
  }
  const rounds = roundsOf(container, catalogId)
  const at = Date.now() + delayMs
  if (rounds.running) {
    rounds.wantedAt = Math.min(rounds.wantedAt ?? Infinity, at)
  } else if (rounds.timer === null || at < rounds.dueAt) {
    plan(container, catalogId, at)
  }
}

/**
 * One round: send what is due, upload what is new, ask about what was sent, sweep if asked to, start and watch uploads. Each part is a workflow of its own that
 * any process may run at any time; a part that has nothing to do costs one statement.
 */
export async function runRound(container: MedusaContainer, catalogId: string): Promise<void> {
  const input = { catalog_id: catalogId }
  const { catalogs, options, uploads } = metaCatalog(container)
  await pushAndSettle(container, catalogId)
  await carry(container, catalogId)
  if ((await catalogs.takeSweeps({ publicUrl: options.publicUrl ?? "", everyMs: null, catalogId })).length > 0) {
    await sweepWorkflow(container).run({ input })
  }
  await tellMeta(container, catalogId)
  await startUploadsWorkflow(container).run({ input })
  if (await uploads.hasOpenUploads({ catalogId })) {
    await pullUploadsWorkflow(container).run({ input })
  }
}

/** A carrier that cannot be started has given its items back, and must not hold up what goes by call. */
async function carry(container: MedusaContainer, catalogId: string): Promise<void> {
  try {
    await startCarriersWorkflow(container).run({ input: { catalog_id: catalogId } })
  } catch (error) {
    loggerOf(container).error(`[meta-catalog] an upload of single items for ${catalogId} could not be started: ${messageOf(error)}`)
  }
}

/** Batches are settled while further ones are sent, so that a change of a whole catalogue does not wait for its last call. */
async function pushAndSettle(container: MedusaContainer, catalogId: string): Promise<void> {
  const input = { catalog_id: catalogId }
  let isPushing = true
  const pushing = pushItemsWorkflow(container).run({ input }).finally(() => {
    isPushing = false
  })
  const ended = pushing.catch(() => undefined)
  try {
    do {
      await Promise.race([ended, sleep(SETTLE_EVERY_MS)])
      await settleBatchesWorkflow(container).run({ input })
    } while (isPushing)
  } finally {
    await ended
  }
  await pushing
}

function paceOf(container: MedusaContainer): Pace {
  const module = metaCatalog(container)
  const known = paces.get(module)
  if (known) {
    return known
  }
  const pace: Pace = { byCatalog: new Map() }
  paces.set(module, pace)
  module.beforeShutdown.add(() => endPace(container))
  return pace
}

function roundsOf(container: MedusaContainer, catalogId: string): Rounds {
  const { byCatalog } = paceOf(container)
  const rounds = byCatalog.get(catalogId) ?? { timer: null, dueAt: 0, running: null, wantedAt: null }
  byCatalog.set(catalogId, rounds)
  return rounds
}

/**
 * No round begins any more, and those that run come to their end, so that no call is left behind whose outcome nobody knows.
 * Other processes are told where something waits.
 */
async function endPace(container: MedusaContainer): Promise<void> {
  const pace = paceOf(container)
  markEnding(metaCatalog(container))
  const going = [...pace.byCatalog].filter(([, { timer, running }]) => timer !== null || running !== null)
  for (const [catalogId, { timer, running }] of going) {
    clearTimeout(timer ?? undefined)
    await running
    await Promise.race([handOver(container, { catalog_id: catalogId, delay_ms: 0 }), sleep(HAND_OVER_MS, undefined, { ref: false })])
  }
}

function plan(container: MedusaContainer, catalogId: string, at: number): void {
  const rounds = roundsOf(container, catalogId)
  if (rounds.timer) {
    clearTimeout(rounds.timer)
  }
  rounds.dueAt = at
  rounds.timer = setTimeout(() => {
    rounds.timer = null
    rounds.running = turn(container, catalogId)
  }, Math.max(0, at - Date.now()))
  rounds.timer.unref()
}

async function turn(container: MedusaContainer, catalogId: string): Promise<void> {
  const rounds = roundsOf(container, catalogId)
  let pauseMs: number | null
  try {
    await runRound(container, catalogId)
    const { options, nextWork } = metaCatalog(container)
    pauseMs = await nextWork.nextWorkIn({ catalogId, publicUrl: options.publicUrl ?? "", pushDelayMs: options.pushDelayMs })
  } catch (error) {
    loggerOf(container).error(`[meta-catalog] a round for ${catalogId} failed: ${messageOf(error)}`)
    pauseMs = FAILURE_PAUSE_MS
  }
  rounds.running = null
  const next = Math.min(rounds.wantedAt ?? Infinity, pauseMs === null ? Infinity : Date.now() + Math.max(MIN_PAUSE_MS, pauseMs))
  rounds.wantedAt = null
  if (next <= Date.now() + MAX_PAUSE_MS && !isEnding(metaCatalog(container))) {
    plan(container, catalogId, next)
  }
}

function loggerOf(container: MedusaContainer): Logger {
  return container.resolve(ContainerRegistrationKeys.LOGGER)
}

/** A workflow rejects with an error, or with a failed step that holds one. */
function messageOf(error: unknown): string {
  const { message, error: inner } = (error ?? {}) as { message?: unknown; error?: unknown }
  if (typeof message === "string") {
    return message
  }
  return inner === undefined ? String(error) : messageOf(inner)
}
