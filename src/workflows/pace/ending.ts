import type { MetaCatalogModuleService } from "../../modules/meta-catalog/service"

const ending = new WeakSet<MetaCatalogModuleService>()

/** The process of this module was told to stop: what runs comes to its end, and nothing new begins. */
export function markEnding(module: MetaCatalogModuleService): void {
  ending.add(module)
}

/** Whether the process was told to stop. */
export function isEnding(module: MetaCatalogModuleService): boolean {
  return ending.has(module)
}
