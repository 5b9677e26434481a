import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import { TokenEntity, type TokenRow } from "./entities/token"
import { badParameter, GraphError } from "./errors"
import type { World } from "./world"

/** What a call brought along to prove who it is; taken out of its parameters before anything else sees them. */
export type Credentials = { token: string | null; proof: string | null; proofTime: string | null }

/** How long a proof with appsecret_time is good (CONTRACT 1.2). */
const PROOF_LIFETIME_S = 5 * 60

export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex")
}

/** The token behind a call. Throws 104 without one, 190 when it is unusable, 100 when its proof is missing or wrong. */
export async function authenticate(world: World, credentials: Credentials): Promise<TokenRow> {
  if (!credentials.token) {
    throw new GraphError({ code: 104, message: "(#104) An access token is required to request this resource." })
  }
  const token = await world.db.getRepository(TokenEntity).findOneBy({ token_hash: hashToken(credentials.token) })
  if (!token) {
    throw new GraphError({ code: 190, message: "Invalid OAuth access token - Cannot parse access token" })
  }
  if (token.state === "expired") {
    throw new GraphError({ code: 190, subcode: 463, message: "Error validating access token: Session has expired." })
  }
  if (token.state === "revoked") {
    throw new GraphError({ code: 190, subcode: 458, message: "Error validating access token: The user has not authorized application." })
  }
  checkProof(token, credentials)
  return token
}

function checkProof(token: TokenRow, { token: text, proof, proofTime }: Credentials): void {
  if (proof === null) {
    if (token.require_proof) {
      throw badParameter("API calls from the server require an appsecret_proof argument")
    }
    return
  }
  const wrong = badParameter("Invalid appsecret_proof provided in the API argument")
  if (token.app_secret === null || !/^[0-9a-f]{64}$/.test(proof)) {
    throw wrong
  }
  if (proofTime !== null && (!/^\d+$/.test(proofTime) || Math.abs(Date.now() / 1000 - Number(proofTime)) > PROOF_LIFETIME_S)) {
    throw badParameter("Invalid appsecret_time: the proof is older than five minutes")
  }
  const signed = proofTime === null ? `${text}` : `${text}|${proofTime}`
  const expected = createHmac("sha256", token.app_secret).update(signed).digest()
  if (!timingSafeEqual(expected, Buffer.from(proof, "hex"))) {
    throw wrong
  }
}
