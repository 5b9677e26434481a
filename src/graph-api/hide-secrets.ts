const HIDDEN = "[hidden]"

/**
 * Words that may stand in front of a secret in text that came from elsewhere: query strings, JSON, headers, addresses with credentials,
 * and bare Meta tokens, which begin with EAA.
 */
const SECRET_SHAPES: [pattern: RegExp, replacement: string][] = [
  [/\b(access_token|appsecret_proof|app_?secret|client_secret|password)(["']?\s*[=:]\s*["']?)[^&\s"',}]+/gi, `$1$2${HIDDEN}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~|-]{6,}/gi, `$1 ${HIDDEN}`],
  [/(\/\/)[^/\s@"']+@/g, `$1${HIDDEN}@`],
  [/\bEAA[A-Za-z0-9]{16,}/g, HIDDEN],
]

/** Shorter strings would also hit ordinary words, and are no secret worth the name. */
const SHORTEST_KNOWN_SECRET = 4

/**
 * Returns `text` with every known secret (plain or percent-encoded) and everything shaped like a credential replaced by "[hidden]".
 *
 * Meta quotes what it was sent: "Malformed access token EAA…" and refused feed addresses with their secret path are ordinary error texts.
 */
export function hideSecrets(text: string, knownSecrets: readonly string[] = []): string {
  let hidden = text
  const longestFirst = knownSecrets.filter((secret) => secret.length >= SHORTEST_KNOWN_SECRET).sort((a, b) => b.length - a.length)
  for (const secret of longestFirst) {
    hidden = hidden.split(secret).join(HIDDEN).split(encodeURIComponent(secret)).join(HIDDEN)
  }
  for (const [shape, replacement] of SECRET_SHAPES) {
    hidden = hidden.replace(shape, replacement)
  }
  return hidden
}
