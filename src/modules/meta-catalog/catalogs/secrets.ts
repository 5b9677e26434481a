import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto"

/** A stored secret cannot be read with any configured key, or was moved to another row. `column` names the secret. */
export class SecretUnreadable extends Error {
  constructor(
    reason: string,
    readonly column: string
  ) {
    super(reason)
    this.name = "SecretUnreadable"
  }
}

/** Where a secret lives; bound into the ciphertext, so a value copied to another row or column does not decrypt. */
export type SecretPlace = { rowId: string; column: string }

type Key = { id: string; bytes: Buffer }

const VERSION = "v1"

/** AES-256-GCM with a key per plugin option; the first key encrypts, every key decrypts. */
export class SecretBox {
  private readonly keys: Key[]

  constructor(current: string | undefined, previous: string[] = []) {
    this.keys = [current, ...previous].filter((text): text is string => Boolean(text)).map(deriveKey)
  }

  /** False when the plugin has no `encryptionKey`; nothing can be stored then. */
  get canEncrypt(): boolean {
    return this.keys.length > 0
  }

  /** @throws SecretUnreadable without a key. */
  encrypt(plain: string, place: SecretPlace): string {
    const [key] = this.keys
    if (!key) {
      throw new SecretUnreadable("The plugin option encryptionKey is not set.", place.column)
    }
    const iv = randomBytes(12)
    const cipher = createCipheriv("aes-256-gcm", key.bytes, iv).setAAD(additionalData(place))
    const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()])
    return [VERSION, key.id, ...[iv, cipher.getAuthTag(), body].map((part) => part.toString("base64url"))].join(".")
  }

  /** @throws SecretUnreadable when no configured key opens the value at this place. */
  decrypt(stored: string, place: SecretPlace): string {
    const [version, keyId, iv, tag, body] = stored.split(".")
    const key = this.keys.find(({ id }) => id === keyId)
    if (version !== VERSION || !key) {
      throw new SecretUnreadable(
        "It was encrypted with another key than the plugin options encryptionKey and previousEncryptionKeys.",
        place.column
      )
    }
    try {
      const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(iv, "base64url"))
      decipher.setAAD(additionalData(place)).setAuthTag(Buffer.from(tag, "base64url"))
      return Buffer.concat([decipher.update(Buffer.from(body, "base64url")), decipher.final()]).toString("utf8")
    } catch {
      throw new SecretUnreadable("It does not belong to this row, or was changed.", place.column)
    }
  }
}

function deriveKey(text: string): Key {
  const bytes = Buffer.from(hkdfSync("sha256", text, "", "medusa-plugin-meta-catalog secrets", 32))
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes }
}

function additionalData({ rowId, column }: SecretPlace): Buffer {
  return Buffer.from(`${rowId}:${column}`, "utf8")
}
