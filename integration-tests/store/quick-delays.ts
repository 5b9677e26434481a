import type { SandboxSettings } from "../graph-sandbox"

/** Meta's delays, shorter than the sandbox's own and still drawn, so that batches go on overtaking each other. */
export const QUICK_META = { batch_delay_ms: [20, 150], upload_delay_ms: [20, 60], report_delay_ms: [20, 60] } satisfies Partial<SandboxSettings>

/**
 * How long a store gathers changes before it sends them. A tenth of the plugin's default: what a test waits for is mostly this.
 */
export const QUICK_PUSH = { META_CATALOG_PUSH_DELAY_MS: "100" }
