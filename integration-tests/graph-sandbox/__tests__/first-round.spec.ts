import { csv, line, openFeedHost, openLab, openShop, type FeedHost, type Lab } from "./harness"

let lab: Lab
let host: FeedHost

beforeAll(async () => {
  lab = await openLab()
  host = await openFeedHost()
})

afterAll(async () => {
  await host.close()
  await lab.close()
})

test("a shop uploads a replace feed by URL, changes a quantity by batch and reads it back", async () => {
  const { id, api } = await openShop(lab.sandbox)
  const created = await api.post(`${id}/product_feeds`, { name: "main", default_currency: "GBP" })
  const url = host.serve("/full.csv", csv(line("A"), line("B")))
  const upload = await api.post(`${created.body.id}/uploads`, { url })
  expect(upload.status).toBe(200)
  await lab.sandbox.control.settle()
  const session = await api.get(`${upload.body.id}?fields=id,end_time,num_detected_items,num_persisted_items,num_invalid_items,error_count`)
  expect(session.body).toMatchObject({ num_detected_items: 2, num_persisted_items: 2, num_invalid_items: 0, error_count: 0 })
  expect(session.body.end_time).toBeDefined()

  const batch = await api.post(`${id}/items_batch`, {
    item_type: "PRODUCT_ITEM",
    allow_upsert: false,
    requests: [{ method: "UPDATE", data: { id: "A", quantity_to_sell_on_facebook: 3 } }],
  })
  expect(batch.body.handles).toHaveLength(1)
  await lab.sandbox.control.settle()
  const status = await api.get(`${id}/check_batch_request_status?handle=${batch.body.handles[0]}&load_ids_of_invalid_requests=true`)
  expect(status.body.data[0]).toMatchObject({ status: "finished", errors_total_count: 0, ids_of_invalid_requests: [] })
  const read = await api.get(`${id}/products?fields=retailer_id,quantity_to_sell_on_facebook,price&filter={"retailer_id":{"eq":"A"}}`)
  expect(read.body.data).toEqual([{ id: expect.any(String), retailer_id: "A", quantity_to_sell_on_facebook: 3, price: "£24.50" }])
})
