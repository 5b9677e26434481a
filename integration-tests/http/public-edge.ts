import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"

/** Where the world reaches a store: a forwarding port of its own, which a test can close while the store itself runs on. */
export type PublicEdge = {
  port: number
  /** From now on connections are refused; those that stand are cut. */
  close(): Promise<void>
  open(): Promise<void>
}

/** Opens an edge in front of a local port. Whether something listens there already does not matter. */
export async function openEdge(storePort: number): Promise<PublicEdge> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming) => {
    const outgoing = connect(storePort, "localhost")
    for (const [socket, other] of [[incoming, outgoing], [outgoing, incoming]]) {
      sockets.add(socket)
      socket.once("error", () => other.destroy())
      socket.once("close", () => (sockets.delete(socket), other.destroy()))
      socket.pipe(other)
    }
  })
  const listen = async (port: number) => {
    server.listen(port)
    await once(server, "listening")
    return (server.address() as { port: number }).port
  }
  const port = await listen(0)
  return {
    port,
    close: async () => {
      if (!server.listening) {
        return
      }
      const closed = once(server, "close")
      server.close()
      sockets.forEach((socket) => socket.destroy())
      await closed
    },
    open: async () => {
      if (!server.listening) {
        await listen(port)
      }
    },
  }
}
