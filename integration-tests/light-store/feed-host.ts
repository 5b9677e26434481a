import type { AddressInfo } from "node:net"
import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { MedusaContainer } from "@medusajs/framework/types"
import express from "express"
import { serveFeed } from "../../src/api/meta-catalog/feeds/serve-feed"

/** The store's public address: serves nothing but the plugin's feed route. */
export type FeedHost = { url: string; close(): Promise<void> }

/** Serves the plugin's own route, asking `scope` anew for each request whose container answers it. */
export async function openFeedHost(scope: () => MedusaContainer): Promise<FeedHost> {
  const app = express()
  const handler = serveFeed({ asksForCredentials: true })
  app.get("/meta-catalog/feeds/:token/:file", (request, response, next) => {
    const withScope = Object.assign(request, { scope: scope() })
    handler(withScope as unknown as MedusaRequest, response as unknown as MedusaResponse).catch(next)
  })
  const server = app.listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
