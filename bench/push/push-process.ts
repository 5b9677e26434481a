/**
 * The measured side of the push benchmark: a Medusa process with the plugin in it and nothing else to do, no jobs and no
 * requests. For every catalogue id it hears of, it starts the plugin's own pace; what became of it stands in the database.
 */
import { join } from "node:path"
import loadApp from "@medusajs/medusa/loaders/index"
import express from "express"
import { keepInStepHere } from "../../src/workflows/pace/keep-in-step"

async function main(): Promise<void> {
  process.env.MEDUSA_WORKER_MODE = "server"
  const { container } = await loadApp({ directory: join(__dirname, "..", ".."), expressApp: express(), skipLoadingEntryPoints: true })
  process.on("message", (catalogId: string) => keepInStepHere(container, catalogId, 0))
  process.once("disconnect", () => process.exit(0))
  process.send!("ready")
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
