import type { AdminCatalogStatus } from "../../../api/admin/meta-catalog/catalog-types"
import type { AdminFeed, AdminUpload } from "../../../api/admin/meta-catalog/feed-types"
import type { AdminIssue } from "../../../api/admin/meta-catalog/issue-types"
import type { AdminProductItem } from "../../../api/admin/meta-catalog/item-types"
import type { AdminSnapshot } from "../../../api/admin/meta-catalog/snapshot-types"
import { ITEM_EVENTS } from "../../../workflows/marks/event-reach"
import { activities } from "../activity"
import { feedState, uploadState } from "../feed-state"
import { changeReason } from "../change-reason"
import { byAttention, itemStateWord } from "../item-state"

const snapshot = (status: AdminSnapshot["status"], rows = 0) => ({ status, rows }) as AdminSnapshot
const feed = (change: Partial<AdminFeed>) =>
  ({ build_requested_at: null, upload_requested_at: null, published: null, latest: null, ...change }) as AdminFeed
const upload = (change: Partial<AdminUpload>) =>
  ({ ended_at: "2026-01-01T00:00:00Z", ingested_at: "2026-01-01T00:00:00Z", invalid: 0, error_count: 0, warning_count: 0, ...change }) as AdminUpload
const status = (change: Partial<AdminCatalogStatus>) =>
  ({ catalog: { state: "active" }, feeds: [], uploads: [], moving: [], counts: { waiting: 0, in_flight: 0 }, audit: { requested_at: null, running: null }, ...change }) as AdminCatalogStatus

describe("state of a feed in one word", () => {
  it.each([
    ["not_built", feed({})],
    ["queued", feed({ build_requested_at: "2026-01-01T00:00:00Z" })],
    ["building", feed({ latest: snapshot("building"), published: snapshot("ready") })],
    ["held", feed({ latest: snapshot("held"), published: snapshot("ready") })],
    ["failed", feed({ latest: snapshot("failed"), published: snapshot("ready") })],
    ["served", feed({ published: snapshot("ready") })],
  ])("is %s", (word, given) => {
    expect(feedState(given).state).toBe(word)
  })
})

it("calls a feed beside another one empty, where an only feed without items waits for a person", () => {
  const given = feed({ latest: snapshot("held") })
  expect(feedState(given, false).state).toBe("empty")
  expect(feedState(given, true).state).toBe("held")
  expect(feedState(feed({ latest: snapshot("held"), published: snapshot("ready", 7) }), false).state).toBe("held")
})

describe("state of an upload in one word", () => {
  it.each([
    ["running", upload({ ended_at: null, ingested_at: null })],
    ["reading", upload({ ingested_at: null })],
    ["with_errors", upload({ invalid: 1, warning_count: 3 })],
    ["with_warnings", upload({ warning_count: 3 })],
    ["clean", upload({})],
  ])("is %s", (word, given) => {
    expect(uploadState(given).state).toBe(word)
  })
})

describe("what is under way", () => {
  it("is nothing when all is at rest", () => {
    expect(activities(status({ feeds: [feed({ published: snapshot("ready") })], uploads: [upload({})] }))).toEqual([])
  })

  it("names a build with its rows once, though another one is asked for", () => {
    const given = status({ feeds: [feed({ latest: snapshot("building", 7), build_requested_at: "2026-01-01T00:00:00Z" })] })
    expect(activities(given)).toEqual([{ kind: "building", rows: 7 }])
  })

  it("is a move until the items have left", () => {
    expect(activities(status({ moving: [{ feed_id: "a", leaving: 3, unlisted: 2 }] }))).toEqual([{ kind: "moving", items: 3 }])
    expect(activities(status({ moving: [{ feed_id: "a", leaving: 0, unlisted: 2 }] }))).toEqual([])
  })

  it("counts waiting items only while the catalogue sends", () => {
    const counts = { waiting: 4, in_flight: 1 } as AdminCatalogStatus["counts"]
    expect(activities(status({ counts }))).toEqual([{ kind: "pushing", items: 5 }])
    expect(activities(status({ counts, catalog: { state: "paused" } as AdminCatalogStatus["catalog"] }))).toEqual([{ kind: "pushing", items: 1 }])
  })
})

describe("an audit under way", () => {
  const running = { checked: 30, skipped: 2 } as AdminCatalogStatus["audit"]["running"]

  it("is about to begin, and then counts the items it has looked at", () => {
    const audit = { requested_at: "2026-01-01T00:00:00Z", running: null } as AdminCatalogStatus["audit"]
    expect(activities(status({ audit }))).toEqual([{ kind: "audit_queued" }])
    expect(activities(status({ audit: { ...audit, running } }))).toEqual([{ kind: "auditing", items: 32 }])
  })

  it("rests while the catalogue is paused", () => {
    const audit = { requested_at: null, running } as AdminCatalogStatus["audit"]
    expect(activities(status({ audit, catalog: { state: "paused" } as AdminCatalogStatus["catalog"] }))).toEqual([])
  })
})

describe("what a change came from", () => {
  it("has a word for every event that marks an item", () => {
    const unknown = Object.keys(ITEM_EVENTS).filter((event) => changeReason(event) === null)
    expect(unknown).toEqual([])
  })

  it.each([
    ["inventory.inventory-level.updated", "stock"],
    ["LinkProductVariantInventoryItem.attached", "stock"],
    ["inventory.reservation-item.created", "reservation"],
    ["pricing.price-list.updated", "price_list"],
    ["pricing.price-rule.created", "price"],
    ["LinkProductVariantPriceSet.attached", "price"],
    ["product.product-variant.updated", "variant"],
    ["product.updated", "product"],
    ["sync now", "sync"],
    ["audit: Meta holds more than it may sell", "audit"],
    ["something else", null],
  ])("of %p is %p", (reason, word) => {
    expect(changeReason(reason)).toBe(word)
  })
})

it("waits for the catalogue, not for a feed, where items are updated one by one", () => {
  expect(itemStateWord("not_in_feed", "item_node")).toBe("not_in_catalog")
  expect(itemStateWord("not_in_feed", "items_batch")).toBe("not_in_feed")
  expect(itemStateWord("waiting", "item_node")).toBe("waiting")
})

describe("order of variants by attention", () => {
  it("puts rejected ones first, then errors, then those on their way, then warnings", () => {
    const item = (variant_id: string, state: AdminProductItem["state"], ...severities: AdminIssue["severity"][]) =>
      ({ variant_id, state, issues: severities.map((severity) => ({ severity })) }) as AdminProductItem
    const items = [item("calm", "in_step"), item("warned", "in_step", "warning"), item("moved", "in_step"), item("wrong", "in_step", "error"), item("refused", "rejected")]
    expect(byAttention(items, new Set(["moved"])).map(({ variant_id }) => variant_id)).toEqual(["refused", "wrong", "moved", "warned", "calm"])
  })
})
