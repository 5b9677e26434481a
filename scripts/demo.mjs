import { run } from "./ready.mjs"

await run("demo.ts")
