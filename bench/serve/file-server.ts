/** The floor of the serve benchmark, in a process of its own as the store is: `file-server.ts <path>` tells its parent its port. */
import { createReadStream, statSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

const path = process.argv[2]
const length = statSync(path).size

function answer(_request: unknown, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/gzip", "content-length": length })
  createReadStream(path).pipe(response)
}

const server = createServer(answer).listen(0, () => process.send?.((server.address() as AddressInfo).port))
process.once("disconnect", () => process.exit(0))
