import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"

/**
 * Puts a message into the admin's notification feed, for whoever can act on it. Never throws: a store without a provider for
 * the feed channel loses the message and nothing else, because the reason also stands in the row it is about.
 */
export async function notifyAdmin(container: MedusaContainer, { title, description }: { title: string; description: string }): Promise<void> {
  try {
    await container.resolve(Modules.NOTIFICATION).createNotifications({
      to: "",
      channel: "feed",
      template: "admin-ui",
      data: { title, description },
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    container.resolve(ContainerRegistrationKeys.LOGGER).warn(`[meta-catalog] not shown in the admin (${reason}): ${title}: ${description}`)
  }
}
