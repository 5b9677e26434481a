import { run } from "./ready.mjs"

await run("scripts/soak.ts")
