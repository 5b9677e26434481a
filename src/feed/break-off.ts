import type { Socket } from "node:net"

/**
 * Ends a connection so that what was sent is not taken for complete. Ended in order, a short response could pass for a whole file; reset, it
 * is an error also to a client that counts no bytes. Only plain TCP can be reset: other connections (TLS in this process, a local socket) are cut.
 */
export function breakOff(socket: Socket): void {
  try {
    socket.resetAndDestroy()
  } catch {
    socket.destroy()
  }
}
