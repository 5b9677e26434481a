/** The plugin's workflows, for a store's own code: `import { pushItemsWorkflow } from "medusa-plugin-meta-catalog/workflows"`. */
export { createFeedWorkflow } from "./create-feed"
export { ensureFeedWorkflow } from "./ensure-feed"
export { generateFeedWorkflow } from "./generate-feed"
export { pullUploadsWorkflow } from "./pull-uploads"
export { pushItemsWorkflow } from "./push-items"
export { settleBatchesWorkflow } from "./settle-batches"
export { startUploadsWorkflow } from "./start-uploads"
export { sweepWorkflow } from "./sweep"
