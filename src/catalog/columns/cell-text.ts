import { cut, isLonger, oneLine } from "../items/plain-text"

/** Tells what became of a value: `cut` it was too long, `invalid` it was left out because it is not `reason` ("must be …"). */
export type Report = (kind: "cut" | "invalid", value: string, reason?: string) => void

/** Turns a value of the store into a cell; "" where there is none, or none that Meta takes, which is reported. */
export type CellFormat = (raw: unknown, report: Report) => string

/** Halves of surrogate pairs that stand alone: no encoding of text has them. */
const HALVES = /\p{Surrogate}/gu

/** A plain value as text; null for lists and objects. Dates are written as Meta reads them. */
export function textOf(raw: unknown): string | null {
  if (typeof raw === "string") return raw.replace(HALVES, "")
  if (typeof raw === "number") return Number.isFinite(raw) ? String(raw) : null
  if (typeof raw === "bigint" || typeof raw === "boolean") return String(raw)
  return raw instanceof Date && !Number.isNaN(raw.getTime()) ? momentText(raw) : null
}

/** A plain value as one line of text; "" for lists and objects. */
export function lineOf(raw: unknown): string {
  return oneLine(textOf(raw) ?? "")
}

/** Whether there is nothing to write: no value, blank text, an empty list or an empty object. */
export function isBlank(raw: unknown): boolean {
  if (raw === null || raw === undefined) return true
  if (typeof raw === "string") return raw.trim() === ""
  if (typeof raw !== "object" || raw instanceof Date) return false
  return Array.isArray(raw) ? raw.every(isBlank) : Object.values(raw).every(isBlank)
}

/** The beginning of a value for a person to recognise it by. */
export function excerpt(raw: unknown): string {
  const text = textOf(raw) ?? jsonText(raw)
  return cut(oneLine(text.slice(0, 400).replace(HALVES, "")), 80)
}

/** "" for what JSON has no form for, such as an object that holds itself: the store's own code may hand over anything. */
function jsonText(raw: unknown): string {
  try {
    return JSON.stringify(raw) ?? ""
  } catch {
    return ""
  }
}

/** Text cut to a limit in code points, which is reported. */
export function fitted(text: string, limit: number, report: Report): string {
  if (!isLonger(text, limit)) return text
  report("cut", excerpt(text))
  return cut(text, limit)
}

/** A moment with minutes and offset, as periods are written (CONTRACT 7.2). */
export function momentText(date: Date): string {
  return `${date.toISOString().slice(0, 16)}+00:00`
}

/** What a text that may be JSON says; undefined for text that is none. */
export function jsonOf(raw: unknown): unknown {
  if (typeof raw !== "string") return raw
  try {
    return JSON.parse(raw) as unknown
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
