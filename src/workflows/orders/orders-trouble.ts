import { classifyGraphError } from "../../graph-api/classify-error"
import type { GraphError } from "../../graph-api/graph-error"
import { isConnectionSound } from "../catalogs/connection-sound"
import { heedGraphError, wordsOf } from "../graph-trouble"
import { notifyAdmin } from "../notify"
import type { OpenCatalog } from "../open-catalog"

/**
 * What an error of an order call means: `refused`, the call as it is will never pass, or `later`.
 *
 * A refusal here must not stop the stock sync, so before it may pause the catalogue the connection itself is asked: Meta answers a
 * closed edge with the codes of a missing permission or a wrong parameter (CONTRACT 8.1).
 */
export async function judgeOrderError(open: OpenCatalog, error: GraphError): Promise<"refused" | "later"> {
  const { class: errorClass } = classifyGraphError(error, "object")
  if (errorClass === "throttle") {
    await heedGraphError(open, error, "object")
    return "later"
  }
  if (errorClass === "pause" || errorClass === "permanent") {
    return (await isConnectionSound(open)) ? "refused" : "later"
  }
  open.logger.info(`[meta-catalog] ${open.catalog.name}: orders will be asked for again: ${error.message}`)
  return "later"
}

/** Falls back to the stock alone where Meta refuses the orders, and tells a person once. */
export async function heedOrdersError(open: OpenCatalog, error: GraphError): Promise<void> {
  if ((await judgeOrderError(open, error)) === "later") {
    return
  }
  const { catalog, container, logger, module } = open
  const message = wordsOf(error)
  if (await module.metaOrders.refuseOrders({ catalogId: catalog.id, message })) {
    logger.warn(`[meta-catalog] ${catalog.name}: Meta refuses the orders, so none are subtracted from now on: ${message}`)
    await notifyAdmin(container, {
      title: `Meta catalogue ${catalog.name}: orders cannot be read`,
      description:
        `Quantities follow the stock alone from now on; stock goes on being sent. Meta took its orders API away in 2026, so this is to be expected unless ` +
        `your account is an exception. Set orders_mode to off, or test the connection to try again. ${message}`,
    })
  }
}
