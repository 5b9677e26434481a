import { columnsBody } from "../column-validators"
import { parseInput } from "../validators"

describe("what is sent to the admin API", () => {
  const half = "\ud83d"
  const constant = (value: string) => ({ columns: { title: [{ from: "constant", value }] } })

  it.each([["a null character", "\u0000"], ["half a character", half], ["the other half", "\udc57 "]])("cannot hold %s, which the database does not store", (_, text) => {
    expect(() => parseInput(columnsBody, constant(`Mug ${text}`))).toThrow(/^columns\.title\.0\.value: must not hold /)
  })

  it("cannot be named by one", () => {
    expect(() => parseInput(columnsBody, { columns: { [`title${half}`]: null } })).toThrow(/must not hold /)
  })

  it("may hold any whole character", () => expect(parseInput(columnsBody, constant("Mug 👗 日"))).toEqual(constant("Mug 👗 日")))
})
