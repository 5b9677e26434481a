import { join } from "node:path"
import { parseArgs } from "node:util"

/** What the command is told; the numbers behind the tables in the documentation are the defaults. */
export type Options = {
  seed: number
  delays: string
  slower: number
  orderDelay: number
  readOrdersEvery: number
  orders: string | null
  metaShare: number | null
  out: string
  /** Writes the tables and the plot of the documentation anew. */
  writesDocs: boolean
}

export const DEFAULTS: Options = {
  seed: 1,
  delays: join(__dirname, "delays.json"),
  slower: 10,
  orderDelay: 600,
  readOrdersEvery: 60,
  orders: null,
  metaShare: null,
  out: join(__dirname, "results"),
  writesDocs: false,
}

/**
 * Reads the command line.
 *
 * @throws Error that names the option which is not a number in its range, or does not go with another.
 */
export function readOptions(args: string[]): Options {
  const text = { type: "string" } as const
  const { values } = parseArgs({
    args,
    options: {
      seed: text,
      delays: text,
      slower: text,
      "order-delay": text,
      "read-orders-every": text,
      orders: text,
      "meta-share": text,
      out: text,
      docs: { type: "boolean" },
    },
  })
  if (values.docs && Object.keys(values).length > 1) {
    throw new Error("--docs: writes what the defaults give, so no other option goes with it")
  }
  const number = (name: string, { given, least, most = Infinity, or }: { given?: string; least: number; most?: number; or: number }) => {
    const value = given === undefined ? or : Number(given)
    if (given?.trim() === "" || !(value >= least && value <= most)) {
      throw new Error(`--${name}: must be a number ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}, not "${given}"`)
    }
    return value
  }
  const share = values["meta-share"]
  return {
    seed: number("seed", { given: values.seed, least: 0, or: DEFAULTS.seed }),
    delays: values.delays ?? DEFAULTS.delays,
    slower: number("slower", { given: values.slower, least: 0, or: DEFAULTS.slower }),
    orderDelay: number("order-delay", { given: values["order-delay"], least: 0, or: DEFAULTS.orderDelay }),
    readOrdersEvery: number("read-orders-every", { given: values["read-orders-every"], least: 0, or: DEFAULTS.readOrdersEvery }),
    orders: values.orders ?? DEFAULTS.orders,
    metaShare: share === undefined ? null : number("meta-share", { given: share, least: 0, most: 100, or: 0 }),
    out: values.out ?? DEFAULTS.out,
    writesDocs: values.docs ?? false,
  }
}
