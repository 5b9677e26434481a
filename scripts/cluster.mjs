import { run } from "./ready.mjs"

await run("scripts/cluster.ts")
