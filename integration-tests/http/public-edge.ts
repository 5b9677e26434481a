import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"
import { disturb, type EdgeFault } from "./edge-fault"

/** Where the world reaches a store: a forwarding port of its own, which a test can close while the store itself runs on. */
export type PublicEdge = {
  port: number
  /** From now on connections are refused; those that stand are cut. */
  close(): Promise<void>
  open(): Promise<void>
  /** Does this to the answers from now on, over new connections: those that stand are cut. Null ends it. */
  disturb(fault: EdgeFault | null): void
}

/** Opens an edge in front of a local port. Whether something listens there already does not matter. */
export async function openEdge(storePort: number): Promise<PublicEdge> {
  const sockets = new Set<Socket>()
  let fault: EdgeFault | null = null
  const server = createServer((incoming) => {
    const outgoing = connect(storePort, "localhost")
    sockets.add(incoming).add(outgoing)
    for (const [socket, other] of [[incoming, outgoing], [outgoing, incoming]]) {
      socket.once("error", () => other.destroy())
      socket.once("close", () => sockets.delete(socket))
    }
    incoming.once("close", () => outgoing.destroy())
    incoming.pipe(outgoing)
    if (fault) {
      // What is still on its way when the store hangs up arrives.
      outgoing.pipe(disturb(fault, (as) => (as === "reset" ? incoming.resetAndDestroy() : incoming.end()))).pipe(incoming)
    } else {
      outgoing.once("close", () => incoming.destroy())
      outgoing.pipe(incoming)
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
    disturb: (next) => {
      fault = next
      sockets.forEach((socket) => socket.destroy())
    },
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
