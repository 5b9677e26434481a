/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | null | Html | (Html | string)[]

/** Builds HTML; every value put into it is escaped unless it is Html itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + write(parts[index - 1]) + string))
}

/** Marks text of our own, such as a style sheet, as HTML. */
export function raw(text: string): Html {
  return new Html(text)
}

function write(part: Part): string {
  if (part === null) {
    return ""
  }
  if (part instanceof Html) {
    return part.text
  }
  if (Array.isArray(part)) {
    return part.map(write).join("")
  }
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
