import type { z } from "zod"
import type { World } from "./world"

/** A control command: reads its body and does what it says. */
export type Command = (world: World, body: unknown) => Promise<unknown>

/** A command whose body is checked first. */
export function command<T>(schema: z.ZodType<T>, run: (world: World, body: T) => Promise<unknown>): Command {
  return (world, body) => run(world, schema.parse(body))
}
