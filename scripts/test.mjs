import { run } from "./ready.mjs"

await run("scripts/test.ts")
