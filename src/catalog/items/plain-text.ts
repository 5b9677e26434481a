import { Parser } from "htmlparser2"

// Control characters except tab and line breaks: a feed with one is refused or read wrongly as a whole.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g
const MARKUP = /<[a-z!/]|&(?:#\d|#x[0-9a-f]|[a-z])/i
const TAG = /<\/?(?:b|i|em|strong|header|h[1-6]|br|p|ul|ol|li|div|span|a|table|u|s)\b[^>]*>/i

const BLOCKS = new Set(["p", "div", "header", "section", "article", "ul", "ol", "li", "table", "tr", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6"])
const SILENT = new Set(["script", "style", "noscript", "template", "iframe", "object"])
/** Tags Meta shows in a rich text description (seed 2). */
const RICH = new Set(["b", "i", "em", "strong", "header", "h1", "h2", "h3", "h4", "h5", "h6", "br", "p", "ul", "li"])

// eslint-disable-next-line no-control-regex
const NOT_ONE_LINE = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[^\S ]|^ | $| {2}/

/** Text as one line: no control characters, every run of white space one blank. */
export function oneLine(text: string): string {
  // Nearly every text is one already, and looking is a fraction of replacing.
  if (!NOT_ONE_LINE.test(text)) return text
  return text.replace(CONTROL, " ").replace(/\s+/g, " ").trim()
}

/** HTML or plain text to plain text: tags gone, entities decoded, paragraphs and list items on lines of their own. */
export function plainText(source: string): string {
  if (!MARKUP.test(source)) return tidyLines(source)
  let text = ""
  let silent = 0
  const parser = new Parser({
    onopentagname: (name) => {
      if (SILENT.has(name)) silent += 1
      else if (name === "br") text += "\n"
      else if (name === "li") text += "\n• "
      else if (BLOCKS.has(name)) text += "\n\n"
    },
    ontext: (piece) => {
      // Line breaks in HTML source are blanks; only tags break lines.
      if (silent === 0) text += piece.replace(/\s+/g, " ")
    },
    onclosetag: (name) => {
      if (SILENT.has(name)) silent -= 1
      else if (BLOCKS.has(name) && name !== "li") text += "\n\n"
    },
  })
  parser.end(source)
  return tidyLines(text)
}

/**
 * HTML reduced to the tags Meta shows, without attributes, closed properly and cut to `limit` code points.
 *
 * @returns an empty string when the source has no HTML: the plain description says the same.
 */
export function richText(source: string, limit: number): string {
  if (!TAG.test(source)) return ""
  const open: string[] = []
  let html = ""
  let left = limit
  let silent = 0
  let hasText = false
  /** Appends markup only where it and what it leaves open still fit. */
  const take = (markup: string, reserve: number): boolean => {
    if (markup.length + reserve > left) return false
    html += markup
    left -= markup.length + reserve
    return true
  }
  const parser = new Parser({
    onopentagname: (name) => {
      if (SILENT.has(name)) silent += 1
      else if (silent > 0 || !RICH.has(name)) return
      else if (name === "br") take("<br>", 0)
      else if (take(`<${name}>`, name.length + 3)) open.push(name)
    },
    ontext: (piece) => {
      if (silent > 0) return
      const clean = piece.replace(CONTROL, " ").replace(/\s+/g, " ")
      const fitting = escapeWithin(clean, left)
      hasText ||= fitting.text.trim() !== ""
      html += fitting.text
      left -= fitting.length
    },
    onclosetag: (name) => {
      if (SILENT.has(name)) silent -= 1
      // The parser closes what the author forgot; only what we opened is closed, innermost first.
      else if (silent === 0 && open[open.length - 1] === name) html += `</${open.pop()}>`
    },
  })
  parser.end(source)
  while (open.length > 0) html += `</${open.pop()}>`
  return hasText ? html.trim() : ""
}

/** Whether a text is longer than `limit` code points. */
export function isLonger(text: string, limit: number): boolean {
  return text.length > limit && codePoints(text) > limit
}

/** The text cut to `limit` code points with an ellipsis at the end; a character is never split. */
export function cut(text: string, limit: number): string {
  if (!isLonger(text, limit)) return text
  let end = 0
  for (let taken = 0; taken < limit - 1; taken += 1) end += text.codePointAt(end)! > 0xffff ? 2 : 1
  return `${text.slice(0, end).trimEnd()}…`
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function tidyLines(text: string): string {
  return text
    .replace(CONTROL, " ")
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    // A list is one paragraph: no blank line before each item.
    .replace(/\n+(?=• )/g, "\n")
    .trim()
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }

function escapeWithin(text: string, limit: number): { text: string; length: number } {
  const escaped = text.replace(/[&<>]/g, (character) => ESCAPES[character])
  if (escaped.length <= limit) return { text: escaped, length: escaped.length }
  let length = 0
  let kept = ""
  for (const character of text) {
    const piece = ESCAPES[character] ?? character
    // Markup is ASCII, so its length counts code points; a character of text counts one whatever it takes in UTF-16.
    const size = ESCAPES[character] ? piece.length : 1
    if (length + size > limit) break
    kept += piece
    length += size
  }
  return { text: kept, length }
}
