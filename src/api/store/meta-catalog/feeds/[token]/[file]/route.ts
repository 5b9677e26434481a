import { serveFeed } from "../../../../../meta-catalog/feeds/serve-feed"

/**
 * The same feed for callers that send the publishable key, which Medusa checks for everything below `/store`. The key is
 * public, so the token is asked for as well; together they stand in for the Basic credentials.
 */
export const GET = serveFeed({ asksForCredentials: false })

export const CORS = false
