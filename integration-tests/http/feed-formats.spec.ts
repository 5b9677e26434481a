import { gunzipSync } from "node:zlib"
import { parse } from "csv-parse/sync"
import { XMLParser } from "fast-xml-parser"
import type { AdminFeed } from "../../src/api/admin/meta-catalog/feed-types"
import { newConnection, statusOf, until, withConnectedStore } from "./connected-store"

jest.setTimeout(240_000)

type Format = AdminFeed["format"]

const ENDINGS: Record<Format, string> = { csv: "csv", tsv: "tsv", rss: "xml", atom: "xml" }
const TYPES: Record<Format, string> = { csv: "text/csv", tsv: "text/tab-separated-values", rss: "application/rss+xml", atom: "application/atom+xml" }

/** Ids in a file, by parsers that are not ours; an error for a file of another format. */
function idsIn(format: Format, file: string): string[] {
  if (format === "csv" || format === "tsv") {
    const rows: { id: string }[] = parse(file, { columns: true, delimiter: format === "csv" ? "," : "\t" })
    return rows.map(({ id }) => id)
  }
  const document = new XMLParser({ parseTagValue: false, processEntities: { maxTotalExpansions: 1e6 } }).parse(file)
  const items: { "g:id": string }[] = format === "rss" ? document.rss.channel.item : document.feed.entry
  return items.map((item) => item["g:id"])
}

withConnectedStore("feed-formats", (store) => {
  const post = async (path: string, body = {}) => (await store.api.post(`/admin/meta-catalog${path}`, body, store.admin)).data

  it("Meta holds the same items from every format, chosen when the feed is made or later, and each file is served under its own name only", async () => {
    const { control, dataSource } = store.sandbox
    const body = await newConnection(store)
    const catalogId: string = (await post("/catalogs", body)).catalog.id
    for (const [refused, words] of [
      [{ format: "xml" }, "format: must be one of csv, tsv, rss, atom"],
      [{ format: "atom", strategy: "fast" }, "format: a fast feed has to be CSV or TSV"],
      [{ kind: "override", override_type: "language", locale: "fr-FR" }, "override_type: a language feed needs Medusa's Translation Module"],
    ] as const) {
      const reply = await post(`/catalogs/${catalogId}/feeds`, refused).catch((error: { response: { status: number; data: { message: string } } }) => error.response)
      expect(reply).toMatchObject({ status: 400, data: { message: expect.stringContaining(words) } })
    }
    const { feed } = (await post(`/catalogs/${catalogId}/feeds`, { format: "rss", basic_auth: false })) as { feed: AdminFeed }
    expect(feed).toMatchObject({ format: "rss", url: expect.stringMatching(/\.xml\.gz$/) })

    const takenIn = async (format: Format, count: number) =>
      await until(`upload ${count}, of ${format}, is taken in and Meta knows where the file is`, async () => {
        const { feeds, uploads, counts } = await statusOf(store, catalogId)
        const [{ schedule }] = await control.feeds(body.meta_catalog_id)
        const isDone = uploads.filter((upload) => upload.ingested_at).length >= count && counts.in_step > 0 && counts.in_step === counts.listed
        return isDone && feeds[0].published_format === format && schedule?.url === feeds[0].url ? feeds[0] : null
      })
    const fieldsAtMeta = async () => Object.fromEntries((await control.items(body.meta_catalog_id)).map(({ retailer_id, fields }) => [retailer_id, fields]))
    const urlOf = ({ url, id }: AdminFeed, name: string) => `${url.slice(0, url.indexOf(id))}${id}.${name}`

    const lastSession = async () => (await control.uploads((await control.feeds(body.meta_catalog_id))[0].id)).at(-1)!

    await takenIn("rss", 1)
    const fromRss = await fieldsAtMeta()
    // What the seeded store's data deserves, and nothing because of the format.
    const { warning_count } = await lastSession()
    expect(Object.keys(fromRss)).toHaveLength(250)
    expect(Object.values(fromRss).some((fields) => Array.isArray(fields.additional_image_link))).toBe(true)
    expect(Object.values(fromRss).some((fields) => "additional_variant_attribute" in fields)).toBe(true)

    for (const [index, format] of (["csv", "tsv", "atom", "rss"] as const).entries()) {
      // Nothing of what the last file brought may stay and pass for this one's.
      await dataSource.query("delete from item where catalog_id = $1", [body.meta_catalog_id])
      await post(`/feeds/${feed.id}`, { format })
      const changed = await takenIn(format, index + 2)
      expect(changed.format).toBe(format)
      expect(changed.url).toBe(urlOf(changed, `${ENDINGS[format]}.gz`))
      expect(await fieldsAtMeta()).toEqual(fromRss)
      expect(await lastSession()).toMatchObject({
        num_detected_items: 250,
        num_persisted_items: 250,
        warning_count,
        filename: expect.stringMatching(new RegExp(`^mcsnap_\\w+\\.${ENDINGS[format]}\\.gz$`)),
      })

      const stored = await fetch(changed.url)
      expect(stored.headers.get("content-type")).toBe("application/gzip")
      const ids = idsIn(format, gunzipSync(Buffer.from(await stored.arrayBuffer())).toString())
      expect(ids.sort()).toEqual(Object.keys(fromRss).sort())
      const plain = await fetch(urlOf(changed, ENDINGS[format]))
      expect(plain.headers.get("content-type")).toBe(`${TYPES[format]}; charset=utf-8`)
      expect(idsIn(format, await plain.text())).toHaveLength(250)
      for (const ending of ["csv", "tsv", "xml"].filter((one) => one !== ENDINGS[format])) {
        expect((await fetch(urlOf(changed, `${ending}.gz`))).status).toBe(404)
        expect((await fetch(urlOf(changed, ending))).status).toBe(404)
      }
    }
  })
})
