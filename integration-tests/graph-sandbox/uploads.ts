import { link, unlink } from "node:fs/promises"
import path from "node:path"
import { z } from "zod"
import { nextNodeId } from "./database"
import { FeedEntity, type FeedRow, type ScheduleKind } from "./entities/feed"
import { UploadEntity, type InputMethod, type UploadKind, type UploadRow } from "./entities/upload"
import { badParameter } from "./errors"
import { fetchFeed, type Fetched } from "./feed-fetch"
import { ingestFile } from "./feed-ingest"
import { FileRefused } from "./feed-parse"
import { openFeed, type GraphRequest } from "./graph-request"
import { cutPage, keyset, pageParams, pagingOf } from "./paging"
import { flag, readParams } from "./params"
import { ProblemCollector } from "./problem-collector"
import { refusedFile, type Problem } from "./problems"
import { parseFields, project } from "./projection"
import { drawDelay } from "./settings"
import { openUpload } from "./upload-errors"
import { uploadNode } from "./upload-node"
import type { World } from "./world"

const shape = {
  url: z
    .string()
    .refine((text) => /^(https?|ftp):\/\//i.test(text) && URL.canParse(text), "must be an http, https or ftp address")
    .optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  update_only: flag.default(false),
  fbe_external_business_id: z.string().optional(),
}

/** `POST /{feed}/uploads`: opens a session for a URL or a file part and answers with its id at once (CONTRACT 6.1). */
export async function postUpload(request: GraphRequest): Promise<unknown> {
  const { world, files } = request
  const { feed } = await openFeed(request, request.segments[0])
  const params = readParams(shape, request.params)
  const [file] = files
  if (files.length > 1 || (file && file.field !== "file")) {
    throw badParameter("A file is sent as one part named file")
  }
  if ((params.url === undefined) === (file === undefined)) {
    throw badParameter("Either url or file must be given")
  }
  const upload = await openSession(world, feed, {
    kind: params.update_only || feed.options.update_only === true ? "update" : "replace",
    input_method: file ? "Manual Upload" : "User initiated server fetch",
    url: params.url ?? null,
    filename: file ? file.filename : null,
  })
  if (file) {
    request.files = []
    const fetched: Fetched = { kind: "file", path: file.path, filename: file.filename, etag: null, last_modified: null }
    queueUpload(world, upload, async () => fetched)
  } else {
    const { url = "", username, password } = params
    queueUpload(world, upload, () => fetchFeed(world, { url, username, password }))
  }
  return { id: upload.id }
}

/** `GET /{feed}/uploads`. */
export async function listUploads(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const { feed } = await openFeed(request, request.segments[0])
  const params = readParams({ ...pageParams, fields: z.string().optional() }, request.params)
  const values: unknown[] = [feed.id]
  const page = keyset(params, "id", (value) => `$${values.push(value)}`)
  const found = await world.db.query<UploadRow[]>(`SELECT * FROM upload WHERE feed_id = $1 AND ${page.where} ${page.tail}`, values)
  const cut = cutPage(found, page, params)
  const selection = parseFields(params.fields ?? "id,start_time,end_time")
  const data = await Promise.all(cut.rows.map((upload) => project("ProductFeedUpload", uploadNode(world, upload), selection)))
  return { data, paging: pagingOf(cut, (index) => cut.rows[index].id, request.self) }
}

/** `GET /{upload}`. */
export async function readUpload(request: GraphRequest): Promise<unknown> {
  const upload = await openUpload(request)
  const params = readParams({ fields: z.string().optional() }, request.params)
  return project("ProductFeedUpload", uploadNode(request.world, upload), parseFields(params.fields ?? "id,start_time,end_time"))
}

type Opening = { kind: UploadKind; input_method: InputMethod; url: string | null; filename: string | null }

async function openSession(world: World, feed: FeedRow, opening: Opening): Promise<UploadRow> {
  const uploads = world.db.getRepository(UploadEntity)
  const id = await nextNodeId(world.db)
  await uploads.insert({ id, feed_id: feed.id, catalog_id: feed.catalog_id, start_time: world.clock.now(), ...opening })
  return uploads.findOneByOrFail({ id })
}

function queueUpload(world: World, upload: UploadRow, obtain: () => Promise<Fetched>): void {
  world.tasks.add({
    name: `upload ${upload.id}`,
    dueAt: new Date(world.clock.now().getTime() + drawDelay(world.settings.upload_delay_ms)),
    run: async () => {
      await runUpload(world, upload, await obtain())
    },
  })
}

/**
 * One fetch as a schedule makes it: conditional once a file from the same address was taken in. Gives the session's id, or null when
 * the server answered 304 and that leaves no session. Also null when the feed or the schedule is gone.
 */
export async function runScheduledFetch(world: World, feedId: string, kind: ScheduleKind): Promise<string | null> {
  const feeds = world.db.getRepository(FeedEntity)
  const feed = await feeds.findOneBy({ id: feedId })
  const schedule = feed?.[kind]
  if (!feed || !schedule) {
    return null
  }
  const memory = feed.fetched[kind]
  const known = world.settings.conditional_fetch && memory?.url === schedule.url ? memory : undefined
  const upload = await openSession(world, feed, {
    kind: kind === "schedule" && feed.options.update_only !== true ? "replace" : "update",
    input_method: "Server Fetch",
    url: schedule.url,
    filename: null,
  })
  const fetched = await fetchFeed(world, { url: schedule.url, username: schedule.username, password: schedule.password, known })
  const last = { at: world.clock.now().toISOString(), status: fetched.kind === "failed" ? fetched.reason : fetched.kind }
  await feeds.update({ id: feedId }, { last_fetch: last })
  const kept = path.join(world.spool, `last-${feedId}-${kind}`)
  if (fetched.kind === "unchanged") {
    return endUnchanged(world, upload, { kept, filename: path.posix.basename(new URL(schedule.url).pathname) })
  }
  const name = path.join(world.spool, `next-${feedId}-${kind}`)
  if (fetched.kind === "file") await renewLink(fetched.path, name)
  const ingested = await runUpload(world, upload, fetched)
  if (ingested && fetched.kind === "file") {
    await renewLink(name, kept)
    const memo = { url: schedule.url, etag: fetched.etag, last_modified: fetched.last_modified }
    await world.db.query("UPDATE feed SET fetched = fetched || $2::jsonb WHERE id = $1", [feedId, JSON.stringify({ [kind]: memo })])
  }
  return upload.id
}

/** Gives a file of the spool another name as well, which may be taken. */
async function renewLink(from: string, to: string): Promise<void> {
  await unlink(to).catch(() => undefined)
  await link(from, to)
}

/** What a 304 leaves behind, as the settings say. */
async function endUnchanged(world: World, upload: UploadRow, { kept, filename }: { kept: string; filename: string }): Promise<string | null> {
  const uploads = world.db.getRepository(UploadEntity)
  switch (world.settings.unchanged_fetch) {
    case "no_session":
      await uploads.delete({ id: upload.id })
      return null
    case "empty_session":
      await uploads.update({ id: upload.id }, { filename, end_time: world.clock.now() })
      return upload.id
    case "same_file": {
      const again = `${kept}-again`
      await renewLink(kept, again)
      await runUpload(world, upload, { kind: "file", path: again, filename, etag: null, last_modified: null })
      return upload.id
    }
  }
}

/** Brings a session to its end with what was fetched. True when the file was taken in. */
async function runUpload(world: World, upload: UploadRow, fetched: Fetched): Promise<boolean> {
  if (fetched.kind !== "file") {
    const reason = fetched.kind === "failed" ? fetched.reason : "the server sent no file"
    await failUpload(world, upload, refusedFile("Your Data Feed File Couldn't Be Fetched", `Nothing was changed: ${reason}.`))
    return false
  }
  try {
    const feed = await world.db.getRepository(FeedEntity).findOneBy({ id: upload.feed_id })
    if (!feed) {
      return false
    }
    await world.db.getRepository(UploadEntity).update({ id: upload.id }, { filename: fetched.filename })
    await ingestFile({ world, upload, feed, path: fetched.path })
    return true
  } catch (error) {
    if (!(error instanceof FileRefused)) {
      await failUpload(
        world,
        upload,
        refusedFile("Your Data Feed File Couldn't Be Processed", "An error inside the sandbox ended the session.")
      )
      throw error
    }
    await failUpload(world, upload, error.problem)
    return false
  } finally {
    await unlink(fetched.path).catch(() => undefined)
  }
}

/** Ends a session that changed nothing. */
export async function failUpload(world: World, upload: Pick<UploadRow, "id">, problem: Problem): Promise<void> {
  const collector = new ProblemCollector(upload.id)
  collector.add(problem)
  await world.db.transaction(async (db) => {
    const ended = await db
      .getRepository(UploadEntity)
      .update({ id: upload.id }, { end_time: world.clock.now(), failed: true, error_count: 1 })
    if (ended.affected === 1) {
      await collector.finish(db)
    }
  })
}
