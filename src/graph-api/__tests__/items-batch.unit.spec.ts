import { GraphError } from "../graph-error"
import { checkBatch, sendItemsBatch, type ItemUpdate } from "../items-batch"
import { clientFor, raw, refusal, rejection, ScriptedServer, type Answer } from "./scripted-server"

let server: ScriptedServer

async function serve(...script: Answer[]) {
  server = await ScriptedServer.start(...script)
  return clientFor(server)
}

afterEach(() => server.stop())

const red: ItemUpdate = { method: "UPDATE", data: { id: "MUG-RED-M", availability: "out of stock", quantity_to_sell_on_facebook: 0 } }
const call = { metaCatalogId: "880012", requests: [red], allowUpsert: false }

describe("sendItemsBatch", () => {
  it("sends strict JSON with the item's id inside data", async () => {
    const client = await serve({ handles: ["AcyF3kQe-b4t"] })
    const requests: ItemUpdate[] = [red, { method: "DELETE", data: { id: "MUG-OLD" } }]
    await sendItemsBatch(client, { ...call, requests })
    const [request] = server.received
    expect(`${request.method} ${request.url.pathname}`).toBe("POST /v26.0/880012/items_batch")
    expect(request.headers["content-type"]).toBe("application/json")
    expect(JSON.parse(request.body)).toEqual({ item_type: "PRODUCT_ITEM", allow_upsert: false, requests })
  })

  it("gives the handle and what was said about single items", async () => {
    const client = await serve({
      handles: ["AcyF3kQe-b4t"],
      validation_status: [
        { retailer_id: "MUG-RED-M", errors: [], warnings: [{ message: "Unrecognised field: 'glaze'" }] },
        { retailer_id: "MUG-OLD", errors: [{ message: "Duplicate retailer_id" }] },
        { warnings: [{ message: "speaks for several" }] },
        { retailer_id: "", errors: ["bare text"], warnings: null },
        { retailer_id: 4711 },
      ],
    })
    await expect(sendItemsBatch(client, call)).resolves.toEqual({
      handle: "AcyF3kQe-b4t",
      validation: [
        { retailerId: "MUG-RED-M", errors: [], warnings: ["Unrecognised field: 'glaze'"] },
        { retailerId: "MUG-OLD", errors: ["Duplicate retailer_id"], warnings: [] },
        { retailerId: null, errors: [], warnings: ["speaks for several"] },
        { retailerId: null, errors: ["bare text"], warnings: [] },
        { retailerId: "4711", errors: [], warnings: [] },
      ],
    })
  })

  it.each([
    ["empty", '{"handles":[],"validation_status":[{"retailer_id":"A","errors":[{"message":"no"}]}]}'],
    ["absent", '{"validation_status":[{"retailer_id":"A","errors":[{"message":"no"}]}]}'],
    ["null", '{"handles":null,"validation_status":[{"retailer_id":"A","errors":[{"message":"no"}]}]}'],
    ["an empty string", '{"handles":[""],"validation_status":[{"retailer_id":"A","errors":[{"message":"no"}]}]}'],
  ])("gives no handle when handles is %s", async (_name, reply) => {
    const client = await serve(raw(reply))
    await expect(sendItemsBatch(client, call)).resolves.toEqual({ handle: null, validation: [{ retailerId: "A", errors: ["no"], warnings: [] }] })
  })

  it("keeps a numeric handle whole", async () => {
    const client = await serve(raw('{"handles":[12345678901234567891]}'))
    await expect(sendItemsBatch(client, call)).resolves.toMatchObject({ handle: "12345678901234567891" })
  })

  it.each([
    ["says nothing", "{}"],
    ["has an empty list of handles only", '{"handles":[]}'],
    ["has only warnings", '{"validation_status":[{"retailer_id":"A","warnings":[{"message":"hm"}]}]}'],
  ])("takes a reply that %s for an unknown outcome", async (_name, reply) => {
    const client = await serve(raw(reply))
    expect(await rejection(sendItemsBatch(client, call), GraphError)).toMatchObject({ kind: "unreadable", outcome: "unknown" })
  })

  it("passes Meta's refusal of the whole call on", async () => {
    const client = await serve(refusal({ code: 80014 }))
    expect(await rejection(sendItemsBatch(client, call), GraphError)).toMatchObject({ kind: "envelope", code: 80014, outcome: "not_applied" })
  })

  it.each([
    ["no item", []],
    ["5001 items", Array.from({ length: 5001 }, (_, index) => ({ method: "UPDATE" as const, data: { id: `I${index}` } }))],
    ["an item twice", [red, { method: "DELETE" as const, data: { id: "MUG-RED-M" } }]],
    ["an item without id", [{ method: "UPDATE" as const, data: { id: "" } }]],
    ["28 MB", ["A", "B"].map((id) => ({ method: "UPDATE" as const, data: { id, description: "é".repeat(7_000_000) } }))],
  ])("sends nothing for a call with %s", async (_name, requests) => {
    const client = await serve({ handles: ["x"] })
    await rejection(sendItemsBatch(client, { ...call, requests }), RangeError)
    expect(server.received).toHaveLength(0)
  })
})

describe("checkBatch", () => {
  const handle = "AcyF3kQe-b4t"
  const ask = { metaCatalogId: "880012", handle }

  it("asks for the ids of invalid requests", async () => {
    const client = await serve({ data: [{ handle, status: "finished" }] })
    await checkBatch(client, ask)
    const { url } = server.received[0]
    expect(url.pathname).toBe("/v26.0/880012/check_batch_request_status")
    expect(Object.fromEntries(url.searchParams)).toEqual({ handle, load_ids_of_invalid_requests: "true" })
  })

  it("gives counts, samples and the ids that were not saved", async () => {
    const client = await serve(
      raw(`{"data":[{"handle":"${handle}","status":"finished","errors_total_count":2,
        "errors":[{"line":4,"id":"MUG-X","message":"A required field is missing: price"},{"message":"without line"}],
        "warnings_total_count":1,"warnings":[{"line":9,"id":123456789012345678901,"message":"URL Incorrectly Formatted: link"}],
        "ids_of_invalid_requests":["MUG-X",98765432109876543210]}]}`)
    )
    await expect(checkBatch(client, ask)).resolves.toEqual({
      status: "finished",
      errorsTotalCount: 2,
      errors: [
        { line: 4, id: "MUG-X", message: "A required field is missing: price" },
        { line: null, id: null, message: "without line" },
      ],
      warningsTotalCount: 1,
      warnings: [{ line: 9, id: "123456789012345678901", message: "URL Incorrectly Formatted: link" }],
      invalidIds: ["MUG-X", "98765432109876543210"],
    })
  })

  it.each([
    ["Scheduled", "running"],
    ["dispatched", "running"],
    ["STARTED", "running"],
    ["in_progress", "running"],
    ["Finished", "finished"],
    ["finished", "finished"],
    ["CANCELED", "canceled"],
    ["cancelled", "canceled"],
    ["Error", "error"],
  ])("reads the status %s as %s", async (word, status) => {
    const client = await serve({ data: [{ handle, status: word }] })
    await expect(checkBatch(client, ask)).resolves.toMatchObject({ status, errorsTotalCount: 0, invalidIds: [] })
  })

  it.each([
    ["is empty", { data: [] }],
    ["is about another batch", { data: [{ handle: "other", status: "finished" }] }],
  ])("does not take a reply that %s for an answer", async (_name, reply) => {
    const client = await serve(reply)
    expect(await rejection(checkBatch(client, ask), GraphError)).toMatchObject({ kind: "unreadable", outcome: "not_applied" })
  })
})
