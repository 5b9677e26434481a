import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"

/** Puts a message into the admin's notification feed, for whoever can act on it. */
export async function notifyAdmin(container: MedusaContainer, { title, description }: { title: string; description: string }): Promise<void> {
  await container.resolve(Modules.NOTIFICATION).createNotifications({
    to: "",
    channel: "feed",
    template: "admin-ui",
    data: { title, description },
  })
}
