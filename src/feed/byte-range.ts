/** Part of a file, in bytes counted from 0; both ends are in it. */
export type ByteRange = { first: number; last: number }

/**
 * What a Range header asks for of a file of this size.
 *
 * @returns `whole` for no range, for what is no range of bytes and for several ranges, each of which HTTP allows to answer with the whole file;
 *   `unsatisfiable` for a range that begins behind the end.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | "whole" | "unsatisfiable" {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header?.replace(/[ \t]/g, "") ?? "") ?? []
  if (first === undefined || (first === "" && last === "")) return "whole"
  if (first === "") return size > 0 && Number(last) > 0 ? { first: Math.max(0, size - Number(last)), last: size - 1 } : "unsatisfiable"
  if (last !== "" && Number(last) < Number(first)) return "whole"
  if (Number(first) >= size) return "unsatisfiable"
  return { first: Number(first), last: last === "" ? size - 1 : Math.min(Number(last), size - 1) }
}

/**
 * These bytes of a stream. What comes before is read and dropped, because a File provider's stream begins at the file's beginning; what
 * comes after is not read.
 *
 * @throws Error when the stream ends before.
 */
export async function* bytesOf(source: AsyncIterable<Buffer>, { first, last }: ByteRange): AsyncGenerator<Buffer> {
  let passed = 0
  for await (const chunk of source) {
    const wanted = chunk.subarray(Math.max(0, first - passed), last + 1 - passed)
    passed += chunk.length
    if (wanted.length > 0) yield wanted
    if (passed > last) return
  }
  throw new Error(`the file has ${passed} bytes, and byte ${last} was asked for`)
}
