import { run } from "./ready.mjs"

await run("scripts/bench.ts")
