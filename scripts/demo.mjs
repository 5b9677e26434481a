import { run } from "./ready.mjs"

await run("scripts/demo.ts")
