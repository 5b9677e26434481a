import type { MedusaContainer } from "@medusajs/framework/types"
import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"
import { metaCatalog } from "../open-catalog"
import { BuildStopped, type RunningBuild } from "./running-build"

/** The builds of each module of this process; a process may have several in tests. */
const running = new WeakMap<MetaCatalogModuleService, Set<RunningBuild>>()

/**
 * Runs builds so that they are given up when the process is told to stop: what has not ended by then never would, and without word of it
 * another process waits for the silence to be long enough.
 */
export async function whileRunning(container: MedusaContainer, builds: readonly RunningBuild[], work: () => Promise<void>): Promise<void> {
  const all = buildsOf(metaCatalog(container))
  builds.forEach((build) => all.add(build))
  try {
    await work()
  } finally {
    builds.forEach((build) => all.delete(build))
  }
}

function buildsOf(module: MetaCatalogModuleService): Set<RunningBuild> {
  const known = running.get(module)
  if (known) return known
  const builds = new Set<RunningBuild>()
  running.set(module, builds)
  module.beforeShutdown.add(async () => {
    await Promise.allSettled([...builds].map((build) => build.fail(new BuildStopped())))
  })
  return builds
}
