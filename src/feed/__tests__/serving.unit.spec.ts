import { acceptsGzip, isAuthorised, isNotModified, isRangeOf, isSameSecret, isTokenValid, parseFileName } from "../serving"

const now = new Date("2027-03-01T12:00:00Z")
const before = new Date("2027-03-01T11:59:59Z")
const after = new Date("2027-03-01T12:00:01Z")
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`

describe("isTokenValid", () => {
  const feed = { token: "new-token", previous_token: "old-token", previous_token_until: after }
  it("takes the present token", () => expect(isTokenValid("new-token", feed, now)).toBe(true))
  it("takes the one before until its time has passed", () => {
    expect(isTokenValid("old-token", feed, now)).toBe(true)
    expect(isTokenValid("old-token", { ...feed, previous_token_until: before }, now)).toBe(false)
    expect(isTokenValid("old-token", { ...feed, previous_token_until: null }, now)).toBe(false)
  })
  it.each(["", "new-toke", "new-token ", "undefined", "null"])("refuses %j", (token) =>
    expect(isTokenValid(token, { ...feed, previous_token: null }, now)).toBe(false)
  )
})

describe("isAuthorised", () => {
  const credentials = { username: "meta", password: "pw:1€" }
  it("takes the right credentials, also with a colon in the password", () => {
    expect(isAuthorised(basic("meta:pw:1€"), credentials)).toBe(true)
    expect(isAuthorised(basic("meta:pw:1€").replace("Basic", "basic"), credentials)).toBe(true)
  })
  it.each([undefined, "", "Basic", "Bearer meta:pw", basic("meta"), basic("meta:pw"), basic(":"), "Basic !!!"])("refuses %j", (header) =>
    expect(isAuthorised(header, credentials)).toBe(false)
  )
})

it("isSameSecret compares secrets of any length", () => {
  expect(isSameSecret("a", "a")).toBe(true)
  expect(isSameSecret("a", "ab")).toBe(false)
  expect(isSameSecret("", "")).toBe(true)
})

describe("isNotModified", () => {
  const version = { etag: '"abc"', lastModified: new Date("2027-03-01T12:00:00.700Z"), hasOwnDate: true }
  it.each([
    ['"abc"', undefined, true],
    ['W/"abc"', undefined, true],
    ['"x", "abc"', undefined, true],
    ["*", undefined, true],
    ['"x"', undefined, false],
    [undefined, "Mon, 01 Mar 2027 12:00:00 GMT", true],
    [undefined, "Mon, 01 Mar 2027 11:59:59 GMT", false],
    [undefined, "no date", false],
    [undefined, undefined, false],
    // The tag decides alone where both are sent.
    ['"x"', "Tue, 02 Mar 2027 12:00:00 GMT", false],
  ])("If-None-Match %j and If-Modified-Since %j: %s", (ifNoneMatch, ifModifiedSince, expected) =>
    expect(isNotModified({ ifNoneMatch, ifModifiedSince }, version)).toBe(expected)
  )
  it("believes no date that two files have", () => {
    const shared = { ...version, hasOwnDate: false }
    expect(isNotModified({ ifNoneMatch: undefined, ifModifiedSince: "Mon, 01 Mar 2027 12:00:00 GMT" }, shared)).toBe(false)
    expect(isNotModified({ ifNoneMatch: '"abc"', ifModifiedSince: undefined }, shared)).toBe(true)
    expect(isRangeOf("Mon, 01 Mar 2027 12:00:00 GMT", shared)).toBe(false)
  })
  it.each([
    [undefined, true],
    ['"abc"', true],
    ['"abcd"', false],
    // A weak tag promises no equal bytes.
    ['W/"abc"', false],
    ["Mon, 01 Mar 2027 12:00:00 GMT", true],
    ["Mon, 01 Mar 2027 12:00:01 GMT", false],
    ["Mon, 01 Mar 2027 11:59:59 GMT", false],
    ["", false],
  ])("If-Range %j leaves a range standing: %s", (ifRange, expected) => expect(isRangeOf(ifRange, version)).toBe(expected))
})

it.each([
  ["mcfeed_01.csv.gz", { id: "mcfeed_01", extension: "csv", isCompressed: true }],
  ["mcfeed_01.csv", { id: "mcfeed_01", extension: "csv", isCompressed: false }],
  ["mcfeed_01.tsv.gz", { id: "mcfeed_01", extension: "tsv", isCompressed: true }],
  ["mcfeed_01.xml", { id: "mcfeed_01", extension: "xml", isCompressed: false }],
  ["mcfeed_01.rss", null],
  ["mcfeed_01.gz", null],
  ["mcfeed_01.xml.zip", null],
  ["mcfeed_01", null],
  ["../etc/passwd.csv", null],
  [".csv", null],
  ["mcfeed_01.csv.gz.csv", null],
])("parseFileName %s", (name, parsed) => expect(parseFileName(name)).toEqual(parsed))

it.each([
  ["gzip, deflate, br", true],
  ["br;q=1.0, gzip;q=0.8", true],
  ["x-gzip", true],
  ["gzip;q=0", false],
  ["gzip;q=0.000", false],
  ["deflate", false],
  ["", false],
  [undefined, false],
])("acceptsGzip %j: %s", (header, accepted) => expect(acceptsGzip(header)).toBe(accepted))
