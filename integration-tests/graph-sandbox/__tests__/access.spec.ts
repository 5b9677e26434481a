import { createHmac } from "node:crypto"
import { graph, itemData, openLab, openShop, type Lab } from "./harness"

let lab: Lab
const SECRET = "s3cret-of-app"

beforeAll(async () => {
  lab = await openLab()
})

afterAll(() => lab.close())

beforeEach(() => lab.sandbox.control.reset())

const proofOf = (text: string) => createHmac("sha256", SECRET).update(text).digest("hex")

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(`${lab.sandbox.url}${path}`, init)
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, any> }
}

describe("tokens", () => {
  test("a token is taken from the query, a form field, a JSON key and a bearer header", async () => {
    const { id, token } = await openShop(lab.sandbox)
    const form = new FormData()
    form.set("access_token", token)
    form.set("name", "by multipart")
    const replies = [
      await call(`/v26.0/${id}?access_token=${token}`),
      await call(`/v26.0/${id}`, { headers: { authorization: `Bearer ${token}` } }),
      await call(`/v26.0/${id}/product_feeds`, { method: "POST", body: new URLSearchParams({ access_token: token, name: "by form" }) }),
      await call(`/v26.0/${id}/product_feeds`, { method: "POST", body: form }),
      await call(`/v26.0/${id}/product_feeds`, {
        method: "POST",
        body: JSON.stringify({ access_token: token, name: "by JSON" }),
        headers: { "content-type": "application/json" },
      }),
    ]
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200])
  })

  test("a call without a token is refused with 104 and one with an unknown token with 190", async () => {
    const { id } = await openShop(lab.sandbox)
    expect((await call(`/v26.0/${id}`)).body.error).toMatchObject({ code: 104, type: "OAuthException", fbtrace_id: expect.any(String) })
    const unknown = await call(`/v26.0/${id}?access_token=EAAnobody`)
    expect(unknown).toMatchObject({ status: 400, body: { error: { code: 190 } } })
  })

  test("an expired token is refused with subcode 463 and a revoked one with 458, and works again once it is valid", async () => {
    const { id, token, api } = await openShop(lab.sandbox)
    await lab.sandbox.control.updateToken(token, { state: "expired" })
    expect((await api.get(id)).body.error).toMatchObject({ code: 190, error_subcode: 463 })
    await lab.sandbox.control.updateToken(token, { state: "revoked" })
    expect((await api.get(id)).body.error).toMatchObject({ code: 190, error_subcode: 458 })
    await lab.sandbox.control.updateToken(token, { state: "valid" })
    expect((await api.get(id)).body.id).toBe(id)
  })

  test("a token is in no row of any table after it was used everywhere it can stand", async () => {
    const token = "EAAGfindme0123456789"
    const { id } = await lab.sandbox.control.createCatalog({ name: "Kiln" })
    await lab.sandbox.control.createToken({ token, catalogIds: [id], appSecret: SECRET })
    const proof = proofOf(token)
    await call(`/v26.0/${id}?access_token=${token}&appsecret_proof=${proof}`)
    await call(`/v26.0/${id}/product_feeds`, { method: "POST", body: new URLSearchParams({ access_token: token, name: "f" }) })
    await call(`/v26.0/${id}/items_batch`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ item_type: "PRODUCT_ITEM", requests: [{ method: "CREATE", data: itemData("A") }] }),
    })
    await lab.sandbox.control.settle()
    const tables = lab.sandbox.dataSource.entityMetadatas.map((entity) => entity.tableName)
    const rows = await Promise.all(tables.map((table) => lab.sandbox.dataSource.query(`SELECT to_jsonb(t)::text AS row FROM "${table}" t`)))
    const text = JSON.stringify(rows)
    expect(text).toContain("items_batch")
    expect(text).not.toContain(token)
    expect(text).not.toContain(proof)
  })

  test("nothing that happens to a token is written to the log", async () => {
    const written: string[] = []
    const spies = (["log", "error", "warn", "info"] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation((...parts: unknown[]) => void written.push(parts.join(" ")))
    )
    const { id, token, api } = await openShop(lab.sandbox)
    await api.get(id)
    await call(`/v26.0/${id}?access_token=${token}&fields=nothing_of_the_kind`)
    await call(`/v26.0/${id}/items_batch?access_token=${token}`, {
      method: "POST",
      body: "{",
      headers: { "content-type": "application/json" },
    })
    spies.forEach((spy) => spy.mockRestore())
    expect(written.join("\n")).not.toContain(token)
  })
})

describe("appsecret_proof", () => {
  async function openSigned(requireProof: boolean) {
    const { id } = await lab.sandbox.control.createCatalog({ name: "Kiln" })
    const { token } = await lab.sandbox.control.createToken({ catalogIds: [id], appSecret: SECRET, requireProof })
    return { id, token, get: (query: string) => call(`/v26.0/${id}?access_token=${token}${query}`) }
  }

  test("a right proof passes and a wrong one is refused, required or not", async () => {
    const { token, get } = await openSigned(false)
    expect((await get("")).status).toBe(200)
    expect((await get(`&appsecret_proof=${proofOf(token)}`)).status).toBe(200)
    const wrong = await get(`&appsecret_proof=${proofOf("another token")}`)
    expect(wrong.body.error).toMatchObject({ code: 100, message: expect.stringContaining("appsecret_proof") })
    expect((await get(`&appsecret_proof=${proofOf(token).toUpperCase()}`)).body.error.code).toBe(100)
  })

  test("an app that demands proofs refuses calls without one, naming the parameter", async () => {
    const { get } = await openSigned(true)
    expect((await get("")).body.error).toMatchObject({ code: 100, message: expect.stringContaining("appsecret_proof") })
  })

  test("a proof with a time passes for five minutes", async () => {
    const { token, get } = await openSigned(true)
    const now = Math.floor(Date.now() / 1000)
    const at = (time: number) => get(`&appsecret_time=${time}&appsecret_proof=${proofOf(`${token}|${time}`)}`)
    expect((await at(now)).status).toBe(200)
    expect((await at(now - 301)).body.error.code).toBe(100)
    expect((await get(`&appsecret_time=${now}&appsecret_proof=${proofOf(token)}`)).body.error.code).toBe(100)
  })

  test("a proof in the body counts, unless the sandbox is set to read it from the query only", async () => {
    const { id, token } = await openSigned(true)
    const post = (query: string, name: string) =>
      call(`/v26.0/${id}/product_feeds${query}`, {
        method: "POST",
        body: new URLSearchParams({ access_token: token, name, ...(query ? {} : { appsecret_proof: proofOf(token) }) }),
      })
    expect((await post("", "one")).status).toBe(200)
    await lab.sandbox.control.setSettings({ proof_in_query_only: true })
    expect((await post("", "two")).body.error.code).toBe(100)
    expect((await post(`?appsecret_proof=${proofOf(token)}`, "three")).status).toBe(200)
  })
})

describe("permissions and objects", () => {
  test("without catalog_management a read is refused with 10 and a change with 200", async () => {
    const { id, token, api } = await openShop(lab.sandbox)
    await lab.sandbox.control.updateToken(token, { permissions: ["business_management"] })
    expect((await api.get(id)).body.error.code).toBe(10)
    expect((await api.post(`${id}/product_feeds`, { name: "f" })).body.error.code).toBe(200)
    expect((await api.get("me/permissions")).body.data).toEqual([{ permission: "business_management", status: "granted" }])
  })

  test("an object that does not exist and one of another business look the same: 100 with subcode 33", async () => {
    const mine = await openShop(lab.sandbox)
    const other = await openShop(lab.sandbox)
    const foreign = await mine.api.get(other.id)
    const nowhere = await mine.api.get("9999999999")
    expect(foreign.body.error).toMatchObject({ code: 100, error_subcode: 33, type: "GraphMethodException" })
    expect(nowhere.body.error).toMatchObject({ code: 100, error_subcode: 33 })
    const feed = await other.api.post(`${other.id}/product_feeds`, { name: "theirs" })
    expect((await mine.api.get(feed.body.id)).body.error).toMatchObject({ code: 100, error_subcode: 33 })
  })

  test("someone who is not an admin may read, but changes of a feed give 3964 and of a catalogue 3970", async () => {
    const { id, token, api } = await openShop(lab.sandbox)
    const feed = (await api.post(`${id}/product_feeds`, { name: "f" })).body.id
    await lab.sandbox.control.updateToken(token, { admin: false })
    expect((await api.get(feed)).status).toBe(200)
    expect((await api.delete(feed)).body.error.code).toBe(3964)
    expect((await api.post(`${id}/product_feeds`, { name: "g" })).body.error.code).toBe(3970)
  })

  test("ids compare exactly, so a catalogue is not found under its id with a zero before it", async () => {
    const { id, api } = await openShop(lab.sandbox)
    expect((await api.get(`0${id}`)).body.error.error_subcode).toBe(33)
  })

  test("an alias that is no id is refused with 803, an unknown edge with 2500, an unsupported method with 100", async () => {
    const { id, api } = await openShop(lab.sandbox)
    expect((await api.get("mugs")).body.error.code).toBe(803)
    expect((await api.get(`${id}/mugs`)).body.error.code).toBe(2500)
    expect((await api.delete(id)).body.error).toMatchObject({ code: 100, error_subcode: 33 })
  })

  test("me gives the system user, and the catalogue its counts and business", async () => {
    const { id } = await lab.sandbox.control.createCatalog({ name: "Kiln", businessId: "443322110099" })
    const { token } = await lab.sandbox.control.createToken({ catalogIds: [id] })
    const api = graph(lab.sandbox, token)
    expect((await api.get("me?fields=id,name")).body).toMatchObject({ id: expect.stringMatching(/^\d+$/), name: expect.any(String) })
    const catalog = await api.get(`${id}?fields=id,name,product_count,feed_count,vertical,business`)
    expect(catalog.body).toEqual({
      id,
      name: "Kiln",
      product_count: 0,
      feed_count: 0,
      vertical: "commerce",
      business: { id: "443322110099", name: expect.any(String) },
    })
  })
})

describe("versions", () => {
  test("every version of the table answers and names itself in a header", async () => {
    const { id, token } = await openShop(lab.sandbox)
    for (const version of ["v26.0", "v25.0", "v21.0"]) {
      expect((await graph(lab.sandbox, token, version).get(id)).headers.get("facebook-api-version")).toBe(version)
    }
  })

  test("a dead version, an unborn one and one that never was are refused", async () => {
    const { id, token } = await openShop(lab.sandbox)
    await lab.sandbox.control.setClock("2026-11-21T12:00:00Z")
    expect((await graph(lab.sandbox, token, "v20.0").get(id)).body.error.code).toBe(2635)
    expect((await graph(lab.sandbox, token, "v99.0").get(id)).body.error.code).toBe(2500)
    await lab.sandbox.control.setClock("2026-06-01T00:00:00Z")
    expect((await graph(lab.sandbox, token, "v26.0").get(id)).body.error.code).toBe(2635)
    expect((await graph(lab.sandbox, token, "v20.0").get(id)).status).toBe(200)
  })

  test("a version dies when the clock passes its end, and a path without one gets the oldest that lives", async () => {
    const { id, token } = await openShop(lab.sandbox)
    await lab.sandbox.control.setClock("2026-11-21T12:00:00Z")
    const oldest = () => call(`/${id}?access_token=${token}`).then((reply) => reply.headers.get("facebook-api-version"))
    expect(await oldest()).toBe("v21.0")
    await lab.sandbox.control.setClock("2027-01-22T00:00:00Z")
    expect((await graph(lab.sandbox, token, "v21.0").get(id)).body.error.code).toBe(2635)
    expect(await oldest()).toBe("v22.0")
  })

  test("the removed ids parameter of the root is answered with HTTP 500 and code 100", async () => {
    const { id, token } = await openShop(lab.sandbox)
    const reply = await call(`/v26.0/?ids=${id}&access_token=${token}`)
    expect(reply).toMatchObject({ status: 500, body: { error: { code: 100 } } })
  })
})

describe("bodies and parameters", () => {
  test("nested values in a form must be strict JSON", async () => {
    const { id, api } = await openShop(lab.sandbox)
    const send = (requests: string) =>
      api.postForm(`${id}/items_batch`, new URLSearchParams({ item_type: "PRODUCT_ITEM", allow_upsert: "true", requests }))
    const good = await send(JSON.stringify([{ method: "CREATE", data: itemData("A") }]))
    expect(good.body.handles).toHaveLength(1)
    expect((await send('[{"method":"DELETE","data":{"id":"A",}}]')).body.error.code).toBe(100)
    expect((await send("[{method:DELETE}]")).body.error.code).toBe(100)
  })

  test("a body that is not what its content type says is refused", async () => {
    const { id, token } = await openShop(lab.sandbox)
    const send = (body: string, type: string) =>
      call(`/v26.0/${id}/product_feeds?access_token=${token}`, { method: "POST", body, headers: { "content-type": type } })
    expect((await send('{"name":"x",}', "application/json")).body.error.code).toBe(100)
    expect((await send('["name"]', "application/json")).body.error.code).toBe(100)
    expect((await send("name=x", "text/plain")).body.error.code).toBe(100)
    expect((await send("no parts", "multipart/form-data; boundary=x")).body.error.code).toBe(100)
  })

  test("an unknown parameter, one given twice and a missing one are refused by name", async () => {
    const { id, token, api } = await openShop(lab.sandbox)
    expect((await api.post(`${id}/product_feeds`, { name: "f", colour: "red" })).body.error.message).toContain("colour")
    expect((await api.get(`${id}?pretty=1`)).body.error.message).toContain("pretty")
    expect((await call(`/v26.0/${id}?access_token=${token}&fields=id&fields=name`)).body.error.message).toContain("fields")
    expect((await api.post(`${id}/product_feeds`, {})).body.error.message).toContain("name")
  })

  test("unknown fields are refused with 100 and malformed ones with 2500", async () => {
    const { id, api } = await openShop(lab.sandbox)
    expect((await api.get(`${id}?fields=id,shoe_size`)).body.error).toMatchObject({
      code: 100,
      message: expect.stringContaining("shoe_size"),
    })
    expect((await api.get(`${id}?fields=id,business{name`)).body.error.code).toBe(2500)
    expect((await api.get(`${id}?fields=business{name}`)).body.business).toEqual({ id: expect.any(String), name: expect.any(String) })
  })

  test("errors come with the HTTP status the settings name", async () => {
    const { api } = await openShop(lab.sandbox)
    await lab.sandbox.control.setSettings({ error_http_status: 500 })
    expect((await api.get("9999999999")).status).toBe(500)
  })

  test("ids come as JSON numbers of full length when the settings say so, retailer ids never do", async () => {
    const { id, token, api } = await openShop(lab.sandbox)
    await lab.sandbox.control.putItems(id, [{ id: "4006381333931", title: "Mug", price: "1.00 EUR" }])
    await lab.sandbox.control.setSettings({ numeric_ids: true })
    const path = `${lab.sandbox.url}/v26.0/${id}/products?fields=retailer_id&access_token=${token}`
    const text = await (await fetch(path)).text()
    expect(text).toMatch(/"id":24\d{15}[,}]/)
    expect(text).toContain('"retailer_id":"4006381333931"')
    const batch = await api.post(`${id}/items_batch`, {
      item_type: "PRODUCT_ITEM",
      requests: [{ method: "UPDATE", data: { id: "4006381333931", link: "mug" } }],
    })
    await lab.sandbox.control.settle()
    const status = await api.get(`${id}/check_batch_request_status?handle=${batch.body.handles[0]}`)
    expect(status.body.data[0].errors[0].id).toBe("4006381333931")
  })
})
