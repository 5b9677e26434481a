declare module "busboy" {
  import type { IncomingHttpHeaders } from "node:http"
  import type { Readable, Writable } from "node:stream"

  type FileInfo = { filename: string | undefined; encoding: string; mimeType: string }
  type FieldInfo = { nameTruncated: boolean; valueTruncated: boolean }

  interface Busboy extends Writable {
    on(event: "file", listener: (name: string, stream: Readable, info: FileInfo) => void): this
    on(event: "field", listener: (name: string, value: string, info: FieldInfo) => void): this
    on(event: "close", listener: () => void): this
    on(event: "error", listener: (error: Error) => void): this
    on(event: string, listener: (...args: never[]) => void): this
  }

  function busboy(options: {
    headers: IncomingHttpHeaders
    limits?: { fieldSize?: number; fields?: number; files?: number }
    defParamCharset?: string
  }): Busboy
  export = busboy
}
