import { badParameter, unreadable } from "./errors"

/** What `fields=a,b{c,d}` asks for. */
export type Selection = Map<string, Selection | null>

/** A node's readable fields; a function is only called when its field is asked for. */
export type Node = Record<string, unknown>

/** Reads a field expression. Throws 2500 when it is malformed. Modifiers such as `.limit(5)` are read and ignored. */
export function parseFields(text: string): Selection {
  const reader = new FieldReader(text)
  const selection = reader.list()
  if (!reader.atEnd()) {
    throw reader.malformed()
  }
  return selection
}

/** A node with the fields asked for, and always its id. Fields without a value are left out, as at Meta. */
export async function project(type: string, node: Node, selection: Selection): Promise<Record<string, unknown>> {
  const out: Record<string, unknown> = {}
  for (const [name, inner] of selection) {
    if (!Object.hasOwn(node, name)) {
      throw badParameter(`Tried accessing nonexisting field (${name}) on node type (${type})`)
    }
    const entry = node[name]
    const value: unknown = typeof entry === "function" ? await (entry as () => unknown)() : entry
    if (value !== undefined && value !== null) {
      out[name] = inner ? pick(value, inner) : value
    }
  }
  out.id = node.id
  return out
}

function pick(value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) {
    return value.map((entry) => pick(entry, selection))
  }
  if (typeof value !== "object" || value === null) {
    return value
  }
  const object = value as Record<string, unknown>
  if (Array.isArray(object.data)) {
    return { ...object, data: pick(object.data, selection) }
  }
  const out: Record<string, unknown> = {}
  for (const [name, inner] of selection) {
    if (object[name] !== undefined) {
      out[name] = inner ? pick(object[name], inner) : object[name]
    }
  }
  if (object.id !== undefined) {
    out.id = object.id
  }
  return out
}

class FieldReader {
  private at = 0

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    return this.at >= this.text.length
  }

  malformed(): Error {
    return unreadable(`Syntax error at character ${this.at} of the fields "${this.text.slice(0, 200)}"`)
  }

  list(): Selection {
    const selection: Selection = new Map()
    do {
      const name = this.match(/[a-z0-9_]+/y)
      if (!name) {
        throw this.malformed()
      }
      while (this.match(/\.[a-z_]+\([^(){}]*\)/y)) {
        // A modifier changes how much an inner list shows; the lists here are short.
      }
      selection.set(name, this.match(/\{/y) ? this.inner() : null)
    } while (this.match(/,/y))
    return selection
  }

  private inner(): Selection {
    const selection = this.list()
    if (!this.match(/\}/y)) {
      throw this.malformed()
    }
    return selection
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (!found) {
      return null
    }
    this.at += found[0].length
    return found[0]
  }
}
