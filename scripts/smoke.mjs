import { run } from "./ready.mjs"

await run("integration-tests/smoke/installed-plugin.ts")
