import { serveFeed } from "../../serve-feed"

/** What Meta's crawler fetches. Outside `/store`, because the crawler cannot send the publishable key's header. */
export const GET = serveFeed({ asksForCredentials: true })

export const CORS = false
