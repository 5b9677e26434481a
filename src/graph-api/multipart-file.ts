import { randomUUID } from "node:crypto"
import { Readable } from "node:stream"

/** A file to post. `size` is its exact length in bytes. */
export type FileToSend = {
  stream: AsyncIterable<Uint8Array>
  filename: string
  contentType: string
  size: number
}

/** A multipart form with one file, sent as it is read. */
export type FileForm = {
  headers: Record<string, string>
  /** The form's bytes; may be opened once. */
  open(): Readable
  /** True once the file's own stream failed or was shorter or longer than its size. */
  sourceFailed(): boolean
}

/**
 * A multipart/form-data body around a streamed file. undici's FormData would need the whole file as a Blob.
 *
 * The form states its length: Meta takes a body that ends early for a whole file, and a replace upload deletes what is missing from it
 * (CONTRACT 6.5). A source that is shorter or longer than `size` therefore breaks the connection instead of ending the body.
 */
export function fileForm(fields: Record<string, string>, file: FileToSend): FileForm {
  const boundary = `form-${randomUUID()}`
  const disposition = `form-data; name="file"; filename="${escapeQuoted(file.filename)}"`
  const head = Buffer.from(
    Object.entries(fields)
      .map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${escapeQuoted(name)}"\r\n\r\n${value}\r\n`)
      .join("") + `--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${file.contentType}\r\n\r\n`
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  let failed = false

  async function* parts() {
    yield head
    try {
      yield* exactly(file)
    } catch (error) {
      failed = true
      throw error
    }
    yield tail
  }

  return {
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      "content-length": String(head.length + file.size + tail.length),
    },
    open: () => Readable.from(parts(), { objectMode: false }),
    sourceFailed: () => failed,
  }
}

async function* exactly(file: FileToSend): AsyncGenerator<Uint8Array> {
  let sent = 0
  for await (const chunk of file.stream) {
    sent += chunk.length
    if (sent > file.size) {
      throw new Error(`${file.filename} is longer than its ${file.size} bytes`)
    }
    yield chunk
  }
  if (sent < file.size) {
    throw new Error(`${file.filename} ended after ${sent} of ${file.size} bytes`)
  }
}

function escapeQuoted(text: string): string {
  return text.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A")
}
