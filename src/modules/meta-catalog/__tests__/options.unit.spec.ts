import { DEFAULT_GRAPH_URL, parseOptions, publicUrlProblem } from "../options"

describe("plugin options", () => {
  const environment = process.env.MEDUSA_BACKEND_URL
  afterEach(() => {
    process.env.MEDUSA_BACKEND_URL = environment
    if (environment === undefined) {
      delete process.env.MEDUSA_BACKEND_URL
    }
  })

  it("take the public URL from the environment when none is given, without a trailing slash", () => {
    process.env.MEDUSA_BACKEND_URL = "https://store.example.com/"
    expect(parseOptions({}).publicUrl).toBe("https://store.example.com")
    expect(parseOptions({ publicUrl: "https://other.example.com" }).publicUrl).toBe("https://other.example.com")
  })

  it("take the store's own code for rows as a function, or with the columns it fills", () => {
    const map = () => ({})
    expect(parseOptions({ mapItem: map }).mapItem).toEqual({ columns: [], map })
    expect(parseOptions({ mapItem: { columns: ["custom_label_0"], map } }).mapItem).toEqual({ columns: ["custom_label_0"], map })
    expect(parseOptions({}).mapItem).toBeUndefined()
    for (const wrong of ["map", {}, { map: "x" }, { columns: "custom_label_0", map }, { columns: [1], map }]) {
      expect(() => parseOptions({ mapItem: wrong })).toThrow(/mapItem must be a function/)
    }
  })

  it("name every wrong option in one message", () => {
    expect(() => parseOptions({ encryptionKey: "short", graphUrl: "graph" })).toThrow(/encryptionKey must have at least 32.*graphUrl must be/)
  })
})

describe("the public URL", () => {
  const against = (publicUrl: string | undefined, graphUrl = DEFAULT_GRAPH_URL) => publicUrlProblem({ publicUrl, graphUrl })

  it("must be https and reachable from outside when Meta is to fetch from it", () => {
    expect(against("https://store.shop.com")).toBeNull()
    expect(against("http://store.shop.com")).toMatch(/https/)
    for (const local of ["https://localhost:9000", "https://127.0.0.1", "https://192.168.1.5", "https://[::1]:9000", "https://nas.local"]) {
      expect(against(local)).toMatch(/local address/)
    }
    expect(against(undefined)).toMatch(/publicUrl/)
  })

  it("may be local against another Graph server than Meta's", () => {
    expect(against("http://localhost:9000", "http://127.0.0.1:4000")).toBeNull()
  })
})
