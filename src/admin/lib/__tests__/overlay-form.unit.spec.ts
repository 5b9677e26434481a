import type { AdminOverlay } from "../../../api/admin/meta-catalog/overlay-types"
import { createOverlayBody } from "../../../api/admin/meta-catalog/overlay-validators"
import { isOverlayReady, newOverlayValues, overlayColumns, overlayValues, toNewOverlay, toOverlayChange, type OverlayValues } from "../overlay-form"

const values = (change: Partial<OverlayValues>): OverlayValues => ({ ...newOverlayValues(["mcfeed_1"]), ...change })
const country = values({ override_value: "gb" })
const language = values({ kind: "language", locale: "fr-FR" })
const further = values({ kind: "supplementary", columns: ["brand", "mpn"] })

describe("a new feed over the items of others", () => {
  it.each([
    ["a country", country, { kind: "override", override_type: "country", override_value: "GB" }],
    ["a country of another region", { ...country, region_id: "reg_1", currency_code: "gbp" }, { region_id: "reg_1", currency_code: "gbp" }],
    ["a language", language, { kind: "override", override_type: "language", locale: "fr-FR" }],
    ["a language Meta has its own code for", { ...language, override_value: "fr_CA" }, { override_value: "fr_CA" }],
    ["further columns", further, { kind: "supplementary", columns: ["brand", "mpn"], primary_feed_ids: ["mcfeed_1"] }],
  ])("is sent as the API takes it: %s", (_, typed, expected) => {
    expect(isOverlayReady(typed)).toBe(true)
    expect(createOverlayBody.parse(toNewOverlay(typed))).toMatchObject(expected)
  })

  it.each([
    ["no country", values({ override_value: "G" })],
    ["no locale", values({ kind: "language" })],
    ["no column", values({ kind: "supplementary" })],
    ["no feed to lie over", { ...further, primary_feed_ids: [] }],
    ["a schedule that is none", { ...country, schedule: { ...country.schedule, timezone: "Mars" } }],
  ])("waits while there is %s", (_, typed) => {
    expect(isOverlayReady(typed)).toBe(false)
  })
})

it("sends only what changed of one that is there", () => {
  const schedule = { interval: "DAILY", interval_count: 1, hour: 4, minute: 5, timezone: "UTC" } as const
  const stored = { kind: "supplementary", columns: ["brand"], primary_feed_ids: ["mcfeed_1"], format: "csv", schedule } as unknown as AdminOverlay
  const before = overlayValues(stored)
  expect(toOverlayChange(before, before)).toEqual({})
  expect(toOverlayChange({ ...before, columns: ["brand", "mpn"], format: "tsv" }, before)).toEqual({ columns: ["brand", "mpn"], format: "tsv" })
  expect(toOverlayChange({ ...before, schedule: { ...before.schedule, time: "05:05" } }, before)).toEqual({ schedule: { ...schedule, hour: 5 } })
})

it("offers prices only while nobody pushes them, and quantities never", () => {
  expect(overlayColumns({ pushes_prices: false })).toEqual(expect.arrayContaining(["price", "brand", "custom_label_0"]))
  expect(overlayColumns({ pushes_prices: true })).not.toContain("price")
  expect(overlayColumns({ pushes_prices: false })).not.toContain("quantity_to_sell_on_facebook")
})
