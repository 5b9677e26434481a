import { connect } from "node:net"

/** One buffer for all bytes, which nobody looks at: the client shall be faster than any server. */
const BUFFER = Buffer.allocUnsafe(1024 * 1024)

/**
 * Fetches a URL once over a connection of its own.
 *
 * @returns seconds from the connection's beginning to its end.
 * @throws Error when the answer is not 200 with exactly so many bytes.
 */
export async function download(url: string, { bytes, authorization }: { bytes: number; authorization: string }): Promise<number> {
  const { hostname, port, pathname } = new URL(url)
  const started = performance.now()
  let received = 0
  let head = ""
  await new Promise<void>((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer: BUFFER,
        callback: (length, buffer) => {
          if (!head.includes("\r\n\r\n")) head += Buffer.from(buffer.subarray(0, length)).toString("latin1")
          received += length
          return true
        },
      },
    })
    socket.once("error", reject).once("close", () => resolve())
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`)
  })
  const seconds = (performance.now() - started) / 1000
  const body = received - (head.indexOf("\r\n\r\n") + 4)
  if (!head.startsWith("HTTP/1.1 200 ") || body !== bytes) throw new Error(`${pathname} was answered with ${head.split("\r\n")[0]} and ${body} of ${bytes} bytes`)
  return seconds
}
