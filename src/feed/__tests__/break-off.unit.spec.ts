import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { breakOff } from "../break-off"

/** Serves a response that is broken off in the middle, and says how a client's connection ended. */
async function endOf(address: { path: string } | { host: string; port: number }): Promise<{ code: string | undefined; thrown: unknown }> {
  let thrown: unknown = null
  let served: Socket | undefined
  const server = createServer((req, res) => {
    served = req.socket
    res.writeHead(200, { "content-length": "100" }).write("abc")
  })
  await new Promise<void>((resolve) => server.listen(address, resolve))
  const bound = server.address()
  const client = typeof bound === "string" ? connect(bound) : connect(bound!.port, "127.0.0.1")
  let code: string | undefined
  client.on("error", (error: NodeJS.ErrnoException) => (code = error.code))
  client.once("data", () => {
    try {
      breakOff(served!)
    } catch (error) {
      thrown = error
    }
  })
  client.write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n")
  const timer = setTimeout(() => client.destroy(Object.assign(new Error(), { code: "LEFT_OPEN" })), 2_000)
  await new Promise((resolve) => client.on("close", resolve))
  clearTimeout(timer)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return { code, thrown }
}

describe("a connection that is broken off", () => {
  it("is reset", async () => expect(await endOf({ host: "127.0.0.1", port: 0 })).toEqual({ code: "ECONNRESET", thrown: null }))

  it("is closed where it is none that can be reset, such as a proxy's on the same machine", async () => {
    const folder = mkdtempSync(join(tmpdir(), "break-off-"))
    try {
      expect(await endOf({ path: join(folder, "socket") })).toEqual({ code: undefined, thrown: null })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
