import fc from "fast-check"
import { parseLossless } from "../lossless-json"

describe("parseLossless", () => {
  it("keeps every digit of a bare id above 2^53", () => {
    expect(parseLossless('{"id":12345678901234567891,"list":[9007199254740993, -9007199254740993],"n":{"x":1510567479166488}}')).toEqual({
      id: "12345678901234567891",
      list: ["9007199254740993", "-9007199254740993"],
      n: { x: "1510567479166488" },
    })
  })

  it("leaves digits inside strings alone, also behind escaped quotes and backslashes", () => {
    const value = { a: 'say "12345678901234567890" \\', b: "12345678901234567890", 'k"12345678901234567890': "\\\\" }
    expect(parseLossless(JSON.stringify(value))).toEqual(value)
  })

  it("leaves small integers, fractions and exponents numbers", () => {
    expect(parseLossless("[1,123456789012345,0.1234567890123456789,1e20,12345678901234567890.5,1234567890123456e3]")).toEqual([
      1, 123456789012345, 0.1234567890123456789, 1e20, 12345678901234567890.5, 1234567890123456e3,
    ])
  })

  it.each(["", "{", '{"id":1234567890123456789', '"1234567890123456789', "<html>1234567890123456</html>"])("refuses %j as JSON.parse does", (text) => {
    expect(() => parseLossless(text)).toThrow(SyntaxError)
  })

  it("reads any JSON as JSON.parse does, but for long integers", () => {
    fc.assert(
      fc.property(fc.json(), fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n }), (json, id) => {
        const text = `{"before":${json},"id":${id},"after":[${json},"${id}"]}`
        const parsed = parseLossless(text) as { id: string }
        expect(parsed.id).toBe(String(id))
        expect(parseLossless(JSON.stringify(parsed))).toEqual(parsed)
      })
    )
  })
})
