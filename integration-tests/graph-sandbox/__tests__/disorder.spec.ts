import type { Fault } from ".."
import { AT_ONCE, itemData, openLab, openShop, type Lab, type Shop } from "./harness"

let lab: Lab
let shop: Shop

beforeAll(async () => {
  lab = await openLab()
})

afterAll(() => lab.close())

beforeEach(async () => {
  await lab.sandbox.control.reset()
  shop = await openShop(lab.sandbox)
  await control().putItems(
    shop.id,
    ["A", "B", "C", "D"].map((id) => itemData(id) as { id: string })
  )
})

const control = () => lab.sandbox.control
const BATCH = { method: "POST", path: "/items_batch$" } as const

/** Sends one call and gives its handle. */
async function send(quantity: number, ...ids: string[]): Promise<string> {
  const requests = ids.map((id) => ({ method: "UPDATE", data: { id, quantity_to_sell_on_facebook: quantity } }))
  const { body } = await shop.api.post(`${shop.id}/items_batch`, { item_type: "PRODUCT_ITEM", allow_upsert: false, requests })
  return body.handles[0]
}

const quantity = async (id: string) => (await control().item(shop.id, id))?.quantity_to_sell_on_facebook

const statusOf = async (handle: string) =>
  (await shop.api.get(`${shop.id}/check_batch_request_status?handle=${handle}&load_ids_of_invalid_requests=true`)).body.data[0]

/** Waits for the sandbox to have done what is due. */
const breathe = () => control().advanceClock(0, { wait: true })

describe("calls that overtake each other", () => {
  test("the same seed holds the same calls back, and not all of them", async () => {
    await control().setSettings({ reorder: { seed: 1, share: 0.5, longest_ms: 60_000 } })
    const order = await heldOf(6)
    await control().setSettings({ reorder: { seed: 1, share: 0.5, longest_ms: 60_000 } })
    expect(await heldOf(6)).toEqual(order)
    expect(new Set(order)).toEqual(new Set([true, false]))
  })

  /** Which of the next calls are still waiting right after they came in. */
  async function heldOf(calls: number): Promise<boolean[]> {
    const held: boolean[] = []
    for (let call = 0; call < calls; call += 1) {
      const handle = await send(call, "A")
      await breathe()
      held.push((await statusOf(handle)).status !== "finished")
    }
    await control().settle()
    return held
  }

  test("with a share of 1 every call waits for its longest time", async () => {
    await control().setSettings({ reorder: { seed: 7, share: 1, longest_ms: 30_000 } })
    const handle = await send(3, "A")
    await control().advanceClock(29_000, { wait: true })
    expect([await quantity("A"), (await statusOf(handle)).status]).toEqual([14, "scheduled"])
    await control().advanceClock(1_500, { wait: true })
    expect([await quantity("A"), (await statusOf(handle)).status]).toEqual([3, "finished"])
  })

  test("the later of two calls for one item loses, whatever the delays", async () => {
    await control().setSettings({ reorder: { seed: 7, share: 1, longest_ms: 30_000 } })
    await send(3, "A")
    await send(4, "B")
    await control().setSettings({ reorder: null })
    await send(9, "A", "B")
    await breathe()
    expect([await quantity("A"), await quantity("B")]).toEqual([3, 4])
    const finished = (await control().batches(shop.id)).map(({ finished_at, requests }) => [finished_at, requests[0].data.quantity_to_sell_on_facebook])
    expect(finished.sort().map(([, sent]) => sent)).toEqual([9, 4, 3])
  })
})

describe("requests that are dropped without a word", () => {
  const drop = (action: Partial<Extract<Fault["action"], { type: "silent_drop" }>>): Promise<void> =>
    control().setFaults([{ ...BATCH, action: { type: "silent_drop", ...action } }])

  test("a share is not carried out, and only the count tells", async () => {
    await drop({ share: 0.5 })
    const handle = await send(5, "A", "B", "C", "D")
    await breathe()
    expect([await quantity("A"), await quantity("B"), await quantity("C"), await quantity("D")]).toEqual([14, 14, 5, 5])
    expect(await statusOf(handle)).toMatchObject({ status: "finished", errors_total_count: 2, errors: [], ids_of_invalid_requests: [] })
  })

  test("or nothing tells at all", async () => {
    await drop({ share: 0, told: "nothing" })
    const handle = await send(5, "A", "B")
    await breathe()
    expect([await quantity("A"), await quantity("B")]).toEqual([14, 5])
    expect(await statusOf(handle)).toMatchObject({ status: "finished", errors_total_count: 0, errors: [], ids_of_invalid_requests: [] })
  })
})

describe("a moved clock", () => {
  test("carries out what became due before it answers, and nothing else", async () => {
    await control().setSettings({ ...AT_ONCE, batch_delay_ms: [60_000, 60_000] })
    for (let call = 0; call < 40; call += 1) {
      await send(call, "A", "B", "C", "D")
    }
    const finished = async () => (await control().batches(shop.id)).filter((batch) => batch.finished_at).length
    await control().advanceClock(50_000, { wait: true })
    expect(await finished()).toBe(0)
    await control().advanceClock(10_000, { wait: true })
    expect(await finished()).toBe(40)
  })
})
