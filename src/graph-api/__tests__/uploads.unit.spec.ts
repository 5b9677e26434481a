import { Readable } from "node:stream"
import type { ServerResponse } from "node:http"
import { GraphError } from "../graph-error"
import { listUploadErrors, listUploads, readErrorReport, requestErrorReport, startUpload, type FileToSend } from "../uploads"
import { clientFor, collect, hangUp, raw, refusal, rejection, ScriptedServer, TOKEN, type Answer } from "./scripted-server"

let server: ScriptedServer

async function serve(...script: Answer[]) {
  server = await ScriptedServer.start(...script)
  return clientFor(server)
}

afterEach(() => server.stop())

function csvFile(content: string, size = Buffer.byteLength(content)): FileToSend {
  return { stream: Readable.from([Buffer.from(content)]), filename: 'full "1".csv', contentType: "text/csv", size }
}

describe("startUpload", () => {
  it("hands Meta an address with its credentials", async () => {
    const client = await serve(raw('{"id":12345678901234567891}'))
    const upload = { metaFeedId: "90417", url: "https://shop.test/f/secret/full.csv.gz", username: "meta", password: "pw-1234" }
    await expect(startUpload(client, upload)).resolves.toEqual({ id: "12345678901234567891" })
    expect(server.received[0].url.pathname).toBe("/v26.0/90417/uploads")
    expect(JSON.parse(server.received[0].body)).toEqual({ url: upload.url, username: "meta", password: "pw-1234", update_only: false })
  })

  it("sends a file as multipart form with its exact length", async () => {
    const client = await serve({ id: "66120" })
    const content = "id,title\nMUG,\"Mug, blue\"\nTASSE,Grün\n"
    await expect(startUpload(client, { metaFeedId: "90417", file: csvFile(content), updateOnly: true })).resolves.toEqual({ id: "66120" })
    const [{ headers, body }] = server.received
    expect(headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/)
    expect(headers["content-length"]).toBe(String(Buffer.byteLength(body)))
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`)
    const form = await new Response(body, { headers: { "content-type": headers["content-type"] ?? "" } }).formData()
    const file = form.get("file") as File
    expect([form.get("update_only"), file.name, file.type, await file.text()]).toEqual(["true", 'full "1".csv', "text/csv", content])
  })

  it("streams a large file instead of holding it", async () => {
    const chunk = Buffer.alloc(64 * 1024, "x")
    const chunks = 1600
    let pulled = 0
    let pulledAtFirstByte = -1
    const received = await new Promise<number>((resolve, reject) => {
      void (async () => {
        const http = await import("node:http")
        const sink = http.createServer((request, response) => {
          let bytes = 0
          request.on("data", (data: Buffer) => {
            pulledAtFirstByte = pulledAtFirstByte === -1 ? pulled : pulledAtFirstByte
            bytes += data.length
          })
          request.on("end", () => response.end('{"id":"1"}', () => (sink.close(), sink.closeAllConnections(), resolve(bytes))))
        })
        await new Promise<void>((done) => sink.listen(0, "127.0.0.1", done))
        server = await ScriptedServer.start({})
        async function* source() {
          for (; pulled < chunks; pulled++) {
            yield chunk
          }
        }
        const file = { stream: source(), filename: "big.csv", contentType: "text/csv", size: chunk.length * chunks }
        const address = sink.address() as import("node:net").AddressInfo
        await startUpload(clientFor({ url: `http://127.0.0.1:${address.port}` }), { metaFeedId: "1", file })
      })().catch(reject)
    })
    expect(received).toBeGreaterThan(chunk.length * chunks)
    expect(pulledAtFirstByte).toBeLessThan(chunks / 4)
  })

  it.each([
    ["shorter", "id\n1\n", 100],
    ["longer", "id\n1\n2\n3\n", 5],
  ])("breaks the call instead of posting a file that is %s than stated, and knows it was not taken", async (_name, content, size) => {
    const client = await serve({ id: "66120" })
    const error = await rejection(startUpload(client, { metaFeedId: "90417", file: csvFile(content, size) }), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "not_applied" })
    expect(error.message).toContain("could not be read to its end")
    expect(server.received).toHaveLength(0)
  })

  it("breaks the call when the file fails half way", async () => {
    const client = await serve({ id: "66120" })
    async function* failing() {
      yield Buffer.from("id\n")
      throw Object.assign(new Error("disk"), { code: "EIO" })
    }
    const file = { ...csvFile(""), stream: failing(), size: 1000 }
    const error = await rejection(startUpload(client, { metaFeedId: "90417", file }), GraphError)
    expect(error).toMatchObject({ kind: "network", outcome: "not_applied" })
    expect(server.received).toHaveLength(0)
  })

  it("closes the file and passes Meta's refusal on when it comes before the file was sent", async () => {
    let closed = false
    async function* endless() {
      try {
        for (;;) {
          yield Buffer.alloc(64 * 1024)
        }
      } finally {
        closed = true
      }
    }
    const http = await import("node:http")
    const refusing = http.createServer((_request, response: ServerResponse) => {
      response.writeHead(400, { "content-type": "application/json", connection: "close" })
      response.end('{"error":{"code":190,"message":"token"}}')
    })
    await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve))
    await serve({})
    const { port } = refusing.address() as import("node:net").AddressInfo
    const file = { ...csvFile(""), stream: endless(), size: 10 ** 12 }
    const error = await rejection(startUpload(clientFor({ url: `http://127.0.0.1:${port}` }), { metaFeedId: "90417", file }), GraphError)
    refusing.closeAllConnections()
    refusing.close()
    expect(error).toMatchObject({ kind: "envelope", code: 190 })
    while (!closed) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(closed).toBe(true)
  })

  it("has an unknown outcome when the reply is lost, and does not repeat the address or its password", async () => {
    const client = await serve(hangUp())
    const upload = { metaFeedId: "90417", url: "https://shop.test/f/secret/full.csv.gz", username: "meta", password: "pw-1234" }
    const error = await rejection(startUpload(client, upload), GraphError)
    expect(error.outcome).toBe("unknown")
    expect(error.message).not.toMatch(/secret|pw-1234/)
    expect(server.received).toHaveLength(1)
  })
})

describe("listUploads", () => {
  it("reads times with an offset without colon, and a session without an end as running", async () => {
    const client = await serve(
      raw(`{"data":[
        {"id":66120,"start_time":"2027-02-03T04:05:06+0100","end_time":"2027-02-03T03:21:40+0000","input_method":"Server Fetch",
         "url":"https://shop.test/f","filename":"full.csv.gz","num_detected_items":1200,"num_persisted_items":"1195","num_deleted_items":3,
         "num_invalid_items":5,"error_count":5,"warning_count":40},
        {"id":"66121","start_time":1801627200}]}`)
    )
    await expect(collect(listUploads(client, { metaFeedId: "90417" }))).resolves.toEqual([
      {
        id: "66120",
        startedAt: new Date("2027-02-03T03:05:06Z"),
        endedAt: new Date("2027-02-03T03:21:40Z"),
        inputMethod: "Server Fetch",
        url: "https://shop.test/f",
        filename: "full.csv.gz",
        detected: 1200,
        persisted: 1195,
        deleted: 3,
        invalid: 5,
        errorCount: 5,
        warningCount: 40,
      },
      {
        id: "66121",
        startedAt: new Date(1801627200_000),
        endedAt: null,
        inputMethod: null,
        url: null,
        filename: null,
        detected: null,
        persisted: null,
        deleted: null,
        invalid: null,
        errorCount: null,
        warningCount: null,
      },
    ])
  })

  it("does not take an end it cannot read for a session still running", async () => {
    const client = await serve({ data: [{ id: "1", end_time: "soon" }] })
    expect(await rejection(collect(listUploads(client, { metaFeedId: "90417" })), GraphError)).toMatchObject({ kind: "unreadable" })
  })
})

describe("listUploadErrors", () => {
  it("reads both shapes, with numeric ids", async () => {
    const client = await serve(
      raw(`{"data":[
        {"id":1510567479166488,"summary":"A required field is missing: price.","description":"Add a price.","severity":"fatal",
         "error_type":"PROPERTY_VALUE_MISSING","affected_surfaces":["Dynamic Ads"],"total_count":5,
         "samples":{"data":[{"row_number":8,"retailer_id":"MUG-X","id":"5599"},{"row_number":"9"}]}},
        {"id":"2","summary":"GTIN","description":"","severity":"WARNING","row_number":4,"column_number":2},
        {"id":"3"}]}`)
    )
    await expect(collect(listUploadErrors(client, { uploadId: "66120", priority: "HIGH" }))).resolves.toEqual([
      {
        id: "1510567479166488",
        summary: "A required field is missing: price.",
        description: "Add a price.",
        severity: "fatal",
        errorType: "PROPERTY_VALUE_MISSING",
        totalCount: 5,
        affectedSurfaces: ["Dynamic Ads"],
        samples: [
          { rowNumber: 8, retailerId: "MUG-X", itemId: "5599" },
          { rowNumber: 9, retailerId: null, itemId: null },
        ],
      },
      {
        id: "2",
        summary: "GTIN",
        description: "",
        severity: "warning",
        errorType: null,
        totalCount: null,
        affectedSurfaces: [],
        samples: [{ rowNumber: 4, retailerId: null, itemId: null }],
      },
      expect.objectContaining({ id: "3", severity: "fatal", samples: [] }),
    ])
    expect(server.received[0].url.searchParams.get("error_priority")).toBe("HIGH")
  })
})

describe("the error report's life", () => {
  it.each([
    ["never asked for", { id: "66120" }, { status: "NOT_REQUESTED", fileUrl: null }],
    ["wanted", { error_report: { report_status: "REQUESTED" } }, { status: "REQUESTED", fileUrl: null }],
    ["written", { error_report: { report_status: "WRITE_FINISHED", file_handle: "https://cdn.test/1.csv" } }, { status: "WRITE_FINISHED", fileUrl: "https://cdn.test/1.csv" }],
    ["new to us", { error_report: { report_status: "MOVED" } }, { status: "UNKNOWN", fileUrl: null }],
  ])("is read when it is %s", async (_name, reply, expected) => {
    const client = await serve(reply)
    await expect(readErrorReport(client, { uploadId: "66120" })).resolves.toEqual(expected)
    expect(server.received[0].url.searchParams.get("fields")).toBe("error_report")
  })

  it("begins with a request Meta may refuse", async () => {
    const client = await serve({ success: true }, refusal({ code: 100, error_subcode: 33 }))
    await requestErrorReport(client, { uploadId: "66120" })
    expect([server.received[0].method, server.received[0].url.pathname]).toEqual(["POST", "/v26.0/66120/error_report"])
    await rejection(requestErrorReport(client, { uploadId: "66120" }), GraphError)
  })
})
