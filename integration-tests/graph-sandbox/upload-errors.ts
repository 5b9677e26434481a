import { z } from "zod"
import type { UploadErrorRow } from "./entities/upload-error"
import type { UploadRow } from "./entities/upload"
import { UploadEntity } from "./entities/upload"
import { unknownObject } from "./errors"
import { openCatalog, type GraphRequest } from "./graph-request"
import { cutPage, keyset, pageParams, pagingOf } from "./paging"
import { flag, readParams } from "./params"
import { parseFields, project, type Node } from "./projection"
import type { World } from "./world"

const FIELDS = "id,summary,description,severity,error_type,affected_surfaces,total_count,samples"

const shape = {
  ...pageParams,
  fields: z.string().optional(),
  error_priority: z.enum(["HIGH", "MEDIUM", "LOW"]).optional(),
  summary: flag.default(false),
}

/** The upload a call is about, if its catalogue is one the token sees. */
export async function openUpload(request: GraphRequest): Promise<UploadRow> {
  const upload = await request.world.db.getRepository(UploadEntity).findOneBy({ id: request.segments[0] })
  if (!upload) {
    throw unknownObject(request.method, request.segments[0])
  }
  await openCatalog(request, upload.catalog_id)
  return upload
}

/** `GET /{upload}/errors`: HIGH gives the fatal ones, MEDIUM or LOW the warnings (CONTRACT 6.3). */
export async function getUploadErrors(request: GraphRequest): Promise<unknown> {
  const { world } = request
  const upload = await openUpload(request)
  const params = readParams(shape, request.params)
  const severities = params.error_priority === undefined ? ["fatal", "warning"] : [params.error_priority === "HIGH" ? "fatal" : "warning"]
  const values: unknown[] = [upload.id, severities]
  const page = keyset(params, "id", (value) => `$${values.push(value)}`)
  const where = "upload_id = $1 AND severity = ANY($2::text[])"
  const found = await world.db.query<UploadErrorRow[]>(`SELECT * FROM upload_error WHERE ${where} AND ${page.where} ${page.tail}`, values)
  const cut = cutPage(found, page, params)
  const selection = parseFields(params.fields ?? FIELDS)
  const data = await Promise.all(cut.rows.map(async (row) => project("ProductFeedUploadError", errorNode(world, upload, row), selection)))
  const summary = params.summary ? { summary: { total_count: await countErrors(world, upload.id, severities) } } : {}
  return { data, paging: pagingOf(cut, (index) => cut.rows[index].id, request.self), ...summary }
}

/** All problems of an upload, as its `errors` field shows them. */
export async function listUploadErrors(world: World, upload: UploadRow): Promise<Record<string, unknown>[]> {
  const rows = await world.db.query<UploadErrorRow[]>("SELECT * FROM upload_error WHERE upload_id = $1 ORDER BY id", [upload.id])
  const selection = parseFields(FIELDS)
  return Promise.all(rows.map(async (row) => project("ProductFeedUploadError", errorNode(world, upload, row), selection)))
}

async function countErrors(world: World, uploadId: string, severities: string[]): Promise<number> {
  const [{ count }] = await world.db.query<{ count: number }[]>(
    "SELECT count(*)::int AS count FROM upload_error WHERE upload_id = $1 AND severity = ANY($2::text[])",
    [uploadId, severities]
  )
  return count
}

function errorNode(world: World, upload: UploadRow, row: UploadErrorRow): Node {
  return {
    id: row.id,
    summary: row.summary,
    description: row.description,
    severity: row.severity,
    error_type: row.error_type,
    affected_surfaces: ["Dynamic Ads"],
    total_count: row.total_count,
    samples: () => samplesOf(world, upload, row.ordinal),
  }
}

async function samplesOf(world: World, upload: UploadRow, ordinal: number): Promise<unknown> {
  const rows = await world.db.query<{ row_number: number; retailer_id: string | null; id: string | null }[]>(
    `SELECT sample.row_number, sample.retailer_id, item.id
     FROM upload_error_sample sample
     LEFT JOIN item ON item.catalog_id = $3 AND item.retailer_id = sample.retailer_id
     WHERE sample.upload_id = $1 AND sample.ordinal = $2
     ORDER BY sample.row_number LIMIT $4`,
    [upload.id, ordinal, upload.catalog_id, world.settings.error_sample_size]
  )
  return {
    data: rows.map((row) => ({
      row_number: row.row_number,
      ...(row.retailer_id === null ? {} : { retailer_id: row.retailer_id }),
      ...(row.id === null ? {} : { id: row.id }),
    })),
  }
}
