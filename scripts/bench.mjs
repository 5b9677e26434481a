import { run } from "./ready.mjs"

await run("bench.ts")
