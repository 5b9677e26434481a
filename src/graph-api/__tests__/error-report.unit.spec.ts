import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { MockAgent } from "undici"
import { downloadErrorReport, type ErrorReportDownload } from "../error-report"
import { GraphError } from "../graph-error"
import { collect, raw, rejection, ScriptedServer, type Answer } from "./scripted-server"

let server: ScriptedServer

async function serve(...script: Answer[]) {
  server = await ScriptedServer.start(...script)
  return server
}

afterEach(() => server.stop())

function download(more: Partial<ErrorReportDownload> = {}) {
  return downloadErrorReport({ fileUrl: `${server.url}/reports/1.csv?key=file-key`, graphUrl: `${server.url}/`, ...more })
}

const REPORT = [
  "Item ID,Message,Severity,Field names,Affected capability,Blocking",
  'MUG-X,"A required field is missing: price, as ""10 USD""",FATAL,price,"da, ig_product_tagging",yes',
  "MUG-Y,Small image,warning,\"['image_link','link']\",da,no",
  ",A row without id,FATAL,,,",
].join("\r\n")

describe("downloadErrorReport", () => {
  it("reads rows by column names, whatever their order and spelling", async () => {
    await serve(raw(`\uFEFF${REPORT}\r\n`, 200, { "content-type": "text/csv" }), raw("row_number,error_message,severity,retailer_id,error_type\n7,No price,Warning,A,PROPERTY_VALUE_MISSING\n"))
    await expect(collect(download())).resolves.toEqual([
      {
        retailerId: "MUG-X",
        message: 'A required field is missing: price, as "10 USD"',
        severity: "fatal",
        errorType: null,
        fields: ["price"],
        affected: ["da", "ig_product_tagging"],
        row: null,
      },
      { retailerId: "MUG-Y", message: "Small image", severity: "warning", errorType: null, fields: ["image_link", "link"], affected: ["da"], row: null },
      { retailerId: null, message: "A row without id", severity: "fatal", errorType: null, fields: [], affected: [], row: null },
    ])
    await expect(collect(download())).resolves.toEqual([
      {
        retailerId: "A",
        message: "No price",
        severity: "warning",
        errorType: "PROPERTY_VALUE_MISSING",
        fields: [],
        affected: [],
        row: 7,
      },
    ])
  })

  it("finds the severity without a column of that name and takes unknown words for fatal", async () => {
    await serve(raw("id,message,kind\nA,x,WARNING\nB,y,FATAL\nC,z,hm\n"))
    expect((await collect(download())).map(({ severity }) => severity)).toEqual(["warning", "fatal", "fatal"])
  })

  it("sends no token", async () => {
    await serve(raw(REPORT))
    await collect(download())
    expect(server.received[0].headers.authorization).toBeUndefined()
  })

  it("hands rows over while the rest is still on its way", async () => {
    let finish: () => void = () => undefined
    await serve(((_received: unknown, response: ServerResponse) => {
      response.write(`id,message,severity\n${"A,first,FATAL\n".repeat(50)}`)
      finish = () => response.end("B,last,FATAL\n")
    }) as Answer)
    const rows = download()
    expect((await rows.next()).value).toMatchObject({ retailerId: "A" })
    finish()
    expect((await collect(rows)).at(-1)).toMatchObject({ retailerId: "B" })
  })

  it("reads a report whose header row is all there is as one without problems", async () => {
    await serve(raw("id,message,severity\n"))
    await expect(collect(download())).resolves.toEqual([])
  })

  it.each([
    ["is empty", raw("")],
    ["names no item", raw("problem,count\nprice,5\n")],
    ["is an error page", raw("<html><body>gone</body></html>")],
    ["is not there", raw(REPORT, 404)],
    ["lies elsewhere", raw("", 302, { location: "https://elsewhere.test/1.csv" })],
  ])("is refused when it %s, without repeating the key in its address", async (_name, answer) => {
    await serve(answer)
    const error = await rejection(collect(download()), GraphError)
    expect(error).toMatchObject({ kind: "unreadable", outcome: "not_applied" })
    expect(error.message).not.toContain("file-key")
    expect(server.received).toHaveLength(1)
  })

  it("does not end quietly when it breaks off", async () => {
    await serve(((_received: unknown, response: ServerResponse, socket: Socket) => {
      response.writeHead(200, { "content-length": "100000" })
      response.write("id,message,severity\nA,x,FATAL\n", () => socket.destroy())
    }) as Answer)
    expect(await rejection(collect(download()), GraphError)).toMatchObject({ kind: "unreadable" })
  })

  it("stops above the size allowed", async () => {
    await serve(raw(`id,message,severity\n${"A,x,FATAL\n".repeat(10_000)}`))
    const error = await rejection(collect(download({ maxBytes: 50_000 })), GraphError)
    expect(error.message).toContain("50000")
  })

  it("stops at a line without end", async () => {
    await serve(raw(`id,message,severity\nA,"${"x".repeat(3_000_000)}`))
    await rejection(collect(download()), GraphError)
  })

  it("closes the connection when its reader stops early", async () => {
    let closed = false
    await serve(((_received: unknown, response: ServerResponse) => {
      response.on("close", () => (closed = true))
      response.write(`id,message,severity\n${"A,x,FATAL\n".repeat(100)}`)
    }) as Answer)
    for await (const row of download()) {
      expect(row.retailerId).toBe("A")
      break
    }
    while (!closed) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect(closed).toBe(true)
  })

  it.each([
    "not an address",
    "http://scontent.fbcdn.net/1.csv",
    "https://fbcdn.net.evil.test/1.csv",
    "https://evilfbcdn.net/1.csv",
    "https://scontent.fbcdn.net:8443/1.csv",
    "https://user:pw@scontent.fbcdn.net/1.csv",
    "https://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:1/1.csv",
    "file:///etc/passwd",
  ])("asks nothing of %s", async (fileUrl) => {
    await serve(raw(REPORT))
    const error = await rejection(collect(download({ fileUrl })), GraphError)
    expect(error).toMatchObject({ kind: "unreadable", status: null })
    expect(error.message).not.toContain("user:pw")
  })

  it.each(["https://scontent.xx.fbcdn.net/1.csv", "https://lookaside.fbsbx.com/1.csv", "https://www.facebook.com/1.csv"])(
    "goes to %s",
    async (fileUrl) => {
      await serve({})
      // Nothing of ours is replaced: undici's agent answers for hosts no test may call.
      const dispatcher = new MockAgent()
      dispatcher.disableNetConnect()
      dispatcher.get(new URL(fileUrl).origin).intercept({ path: "/1.csv" }).reply(200, REPORT)
      await expect(collect(download({ fileUrl, dispatcher }))).resolves.toHaveLength(3)
      await dispatcher.close()
    }
  )
})
