import { run } from "./ready.mjs"

await run("simulation/command.ts")
