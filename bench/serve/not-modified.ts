import { once } from "node:events"
import { Agent, request, type IncomingMessage } from "node:http"
import type { PublishedFile } from "./publish-file"

/**
 * Asks for a file the client has, one request after another over one connection.
 *
 * @returns milliseconds from each request to the end of its answer, the first ones included.
 * @throws Error when an answer is not 304.
 */
export async function askAgain(file: PublishedFile, { requests }: { requests: number }): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { authorization: file.authorization, "if-none-match": file.etag, "user-agent": "facebookexternalhit/1.1" }
  const took: number[] = []
  for (let count = 0; count < requests; count += 1) {
    const started = performance.now()
    const asked = request(file.url, { agent, headers }).end()
    const [answer] = (await once(asked, "response")) as [IncomingMessage]
    answer.resume()
    await once(answer, "end")
    took.push(performance.now() - started)
    if (answer.statusCode !== 304) throw new Error(`answered with ${answer.statusCode}`)
  }
  agent.destroy()
  return took
}
