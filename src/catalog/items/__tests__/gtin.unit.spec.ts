import fc from "fast-check"
import { checkDigit, looksLikeGtin, parseGtin } from "../gtin"

describe("GTIN", () => {
  it.each(["4006381333931", "036000291452", "96385074", "10012345678902", "978-0-306-40615-7"])("takes %s", (text) =>
    expect(parseGtin(text)).toBe(text.replaceAll("-", ""))
  )
  it.each(["4006381333932", "400638133393", "12345", "", "0000000000000", "40063813339AB"])("refuses %j", (text) => expect(parseGtin(text)).toBeNull())

  it("finds every single wrong digit", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{12}$/), fc.nat(12), fc.integer({ min: 1, max: 9 }), (payload, place, add) => {
        const gtin = payload + checkDigit(payload)
        fc.pre(Number(gtin) > 0)
        expect(parseGtin(gtin)).toBe(gtin)
        const wrong = gtin.slice(0, place) + ((Number(gtin[place]) + add) % 10) + gtin.slice(place + 1)
        expect(parseGtin(wrong)).toBeNull()
      })
    )
  })

  it("tells a shop's own barcode from a GTIN with a slip", () => {
    expect(looksLikeGtin("4006381333932")).toBe(true)
    expect(looksLikeGtin("SHELF-12")).toBe(false)
    expect(looksLikeGtin("12345")).toBe(false)
  })
})
