import { getBatchStatus } from "./batch-status"
import { readCatalog, readMe, readPermissions } from "./catalogs"
import { acknowledgeOrder, acknowledgeOrders, cancelOrder, registerApp } from "./commerce-changes"
import { listOrderItems, listOrders, readOrder } from "./commerce-orders"
import { GraphError, unknownObject, unreadable } from "./errors"
import { requestReport } from "./error-reports"
import type { GraphHandler, GraphMethod, GraphRequest } from "./graph-request"
import { postItemsBatch } from "./items-batch"
import { readOverrideDetails } from "./override-details"
import { addSchedule, changeFeed, createFeed, deleteFeed, listDataSources, listFeeds, listSchedules, readFeed } from "./product-feeds"
import { changeItem, createItem, deleteItem, listItems, readItem } from "./product-items"
import { getUploadErrors } from "./upload-errors"
import { listUploads, postUpload, readUpload } from "./uploads"
import type { World } from "./world"

type NodeType = "catalog" | "feed" | "upload" | "item" | "merchant" | "order"

type Methods = Partial<Record<GraphMethod, GraphHandler>>

/** Handlers by node type and edge; the empty edge is the node itself. */
const ROUTES: Record<NodeType, Record<string, Methods>> = {
  catalog: {
    "": { GET: readCatalog },
    product_feeds: { GET: listFeeds, POST: createFeed },
    items_batch: { POST: postItemsBatch },
    check_batch_request_status: { GET: getBatchStatus },
    products: { GET: (request) => listItems(request, { catalog: request.segments[0] }), POST: createItem },
    data_sources: { GET: listDataSources },
  },
  feed: {
    "": { GET: readFeed, POST: changeFeed, DELETE: deleteFeed },
    uploads: { GET: listUploads, POST: postUpload },
    upload_schedules: { GET: listSchedules, POST: addSchedule },
    products: { GET: (request) => listItems(request, { feed: request.segments[0] }) },
  },
  upload: {
    "": { GET: readUpload },
    errors: { GET: getUploadErrors },
    error_report: { POST: requestReport },
  },
  item: {
    "": { GET: readItem, POST: changeItem, DELETE: deleteItem },
    override_details: { GET: readOverrideDetails },
  },
  merchant: {
    commerce_orders: { GET: listOrders },
    acknowledge_orders: { POST: acknowledgeOrders },
    order_management_apps: { POST: registerApp },
  },
  order: {
    "": { GET: readOrder },
    items: { GET: listOrderItems },
    acknowledge_order: { POST: acknowledgeOrder },
    cancellations: { POST: cancelOrder },
  },
}

/** Finds the handler of a call and runs it. */
export async function route(request: GraphRequest): Promise<unknown> {
  const { segments, method, world } = request
  if (segments.length === 0) {
    return root(request)
  }
  if (segments.length > 2) {
    throw unreadable(`Unknown path components: /${segments.slice(2).join("/")}`)
  }
  const [name, edge = ""] = segments
  if (name === "me") {
    return me(request, edge)
  }
  const type = await typeOf(world, name)
  if (type === null) {
    throw unknownObject(method, name)
  }
  const methods = Object.hasOwn(ROUTES[type], edge) ? ROUTES[type][edge] : null
  if (!methods) {
    throw unreadable(`Unknown path components: /${edge}`)
  }
  const handler = methods[method]
  if (!handler) {
    throw unknownObject(method, name)
  }
  return handler(request)
}

/** The root serves nothing; `ids` was removed and answers with HTTP 500 under every version (CONTRACT 1.1). */
function root(request: GraphRequest): never {
  if (Object.hasOwn(request.params, "ids")) {
    throw new GraphError({ code: 100, httpStatus: 500, message: "(#100) The ids query parameter is deprecated in v26.0+." })
  }
  throw new GraphError({ code: 100, message: `Unsupported ${request.method.toLowerCase()} request.`, type: "GraphMethodException" })
}

function me(request: GraphRequest, edge: string): Promise<unknown> {
  if (request.method !== "GET") {
    throw unknownObject(request.method, "me")
  }
  if (edge === "") {
    return readMe(request)
  }
  if (edge === "permissions") {
    return readPermissions(request)
  }
  throw unreadable(`Unknown path components: /${edge}`)
}

async function typeOf(world: World, name: string): Promise<NodeType | null> {
  if (/^catalog:/.test(name)) {
    return "item"
  }
  if (!/^\d{1,20}$/.test(name)) {
    throw new GraphError({ code: 803, message: `(#803) Some of the aliases you requested do not exist: ${name}` })
  }
  const [found] = await world.db.query<{ type: NodeType }[]>(
    `SELECT 'catalog' AS type FROM catalog WHERE id = $1
     UNION ALL SELECT 'feed' FROM feed WHERE id = $1
     UNION ALL SELECT 'upload' FROM upload WHERE id = $1
     UNION ALL SELECT 'item' FROM item WHERE id = $1
     UNION ALL SELECT 'merchant' FROM merchant WHERE id = $1
     UNION ALL SELECT 'order' FROM commerce_order WHERE id = $1`,
    [name]
  )
  return found?.type ?? null
}
