import { batchUsage, managementUsage, percentUsed, readUsage } from "../usage"

const entry = (type: string, call_count: number, more: Record<string, number> = {}) => ({
  type, call_count, total_cputime: 1, total_time: 1, estimated_time_to_regain_access: 0, ...more,
})
const headers = (...entries: ReturnType<typeof entry>[]) => ({ "x-business-use-case-usage": JSON.stringify({ "443322110099": entries }) })

describe("the bucket of other calls", () => {
  it("is everything but the batch bucket, the worst of it", () => {
    const all = readUsage(headers(entry("catalog_batch", 99), entry("catalog_management", 12), entry("pages", 3, { total_time: 40 })))
    const usage = managementUsage(all)
    expect(usage && percentUsed(usage)).toBe(40)
    expect(batchUsage(all)?.callCount).toBe(99)
  })

  it("is not known where only the batch bucket is told", () => {
    expect(managementUsage(readUsage(headers(entry("catalog_batch", 99))))).toBeNull()
  })
})
