import { SecretBox, SecretUnreadable } from "../secrets"

const KEY = "a key that is long enough to be taken"
const place = { rowId: "mcat_1", column: "access_token" }

describe("a stored secret", () => {
  it("comes back as it was, and looks different every time it is stored", () => {
    const box = new SecretBox(KEY)
    const stored = [box.encrypt("EAAG-token", place), box.encrypt("EAAG-token", place)]
    expect(stored.map((text) => box.decrypt(text, place))).toEqual(["EAAG-token", "EAAG-token"])
    expect(stored[0]).not.toBe(stored[1])
    expect(stored.join()).not.toContain("EAAG")
  })

  it("does not open in another row or column, or when a byte was changed", () => {
    const box = new SecretBox(KEY)
    const stored = box.encrypt("EAAG-token", place)
    expect(() => box.decrypt(stored, { ...place, rowId: "mcat_2" })).toThrow(SecretUnreadable)
    expect(() => box.decrypt(stored, { ...place, column: "app_secret" })).toThrow(SecretUnreadable)
    // Not the last character: some of its bits are only padding, so another one may stand for the same byte.
    const changed = stored.at(-5) === "A" ? "B" : "A"
    expect(() => box.decrypt(stored.slice(0, -5) + changed + stored.slice(-4), place)).toThrow(SecretUnreadable)
  })

  it("opens with an earlier key after a rotation, and not with a stranger's", () => {
    const stored = new SecretBox(KEY).encrypt("EAAG-token", place)
    expect(new SecretBox("the new key, also long enough to pass", [KEY]).decrypt(stored, place)).toBe("EAAG-token")
    expect(() => new SecretBox("another key, also long enough to pass").decrypt(stored, place)).toThrow(SecretUnreadable)
  })

  it("cannot be made without a key", () => {
    expect(new SecretBox(undefined).canEncrypt).toBe(false)
    expect(() => new SecretBox(undefined).encrypt("x", place)).toThrow(SecretUnreadable)
  })
})
