import { createServer, type AddressInfo } from "node:net"

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return tryPort(0)
}

/** The wanted port, or another free one when something listens there already. */
export function portOr(wanted: number): Promise<number> {
  return tryPort(wanted).catch(freePort)
}

function tryPort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
