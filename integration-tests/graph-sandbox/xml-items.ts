import { SaxesParser, type SaxesTagNS } from "saxes"

/** One element of an item: its text and the elements within. `name` is local, `uri` its namespace. */
export type XmlElement = { name: string; qualifiedName: string; uri: string; text: string; children: XmlElement[] }

/** The file breaks a rule of XML or of the two formats; nothing of it can be used. */
export class XmlRefused extends Error {}

/** An item is larger than a line of a text file may be. */
export class XmlItemTooLong extends Error {}

const ATOM = "http://www.w3.org/2005/Atom"

/** Where the items are, by root element. */
const PLACES = {
  rss: { uri: "", path: ["rss", "channel", "item"] },
  feed: { uri: ATOM, path: ["feed", "entry"] },
}

/**
 * Reads the items of an RSS 2.0 or Atom file one by one, each as the elements it holds. What is around them is not looked at. Throws
 * XmlRefused for a file without declaration, of another root, with a document type or not well-formed, and XmlItemTooLong.
 */
export async function* readXmlItems(text: AsyncIterable<string>, longestItem: number): AsyncGenerator<XmlElement[]> {
  const reader = new ItemReader(longestItem)
  for await (const chunk of text) {
    reader.write(chunk)
    yield* reader.take()
  }
  reader.end()
  yield* reader.take()
}

class ItemReader {
  private readonly parser = new SaxesParser({ xmlns: true })
  private readonly open: { name: string; uri: string }[] = []
  private itemPath: string[] | null = null
  /** The elements of the item that is being read that are still open; the item itself first. */
  private within: XmlElement[] = []
  private length = 0
  private items: XmlElement[][] = []
  private isDeclared = false

  constructor(private readonly longestItem: number) {
    this.parser.on("xmldecl", () => (this.isDeclared = true))
    this.parser.on("doctype", () => refuse("A document type is not allowed."))
    this.parser.on("opentag", (tag) => this.enter(tag))
    this.parser.on("text", (text) => this.add(text))
    this.parser.on("cdata", (text) => this.add(text))
    this.parser.on("closetag", () => this.leave())
  }

  write(chunk: string): void {
    this.guard(() => this.parser.write(chunk))
  }

  end(): void {
    this.guard(() => this.parser.close())
  }

  take(): XmlElement[][] {
    const taken = this.items
    this.items = []
    return taken
  }

  private guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      throw error instanceof XmlRefused || error instanceof XmlItemTooLong ? error : new XmlRefused(`The XML is not well-formed: ${(error as Error).message}.`)
    }
  }

  private enter(tag: SaxesTagNS): void {
    const { local: name, uri } = tag
    if (this.open.length === 0) {
      this.itemPath = this.pathFrom(tag)
    }
    this.open.push({ name, uri })
    const isItem = this.within.length === 0 && this.itemPath?.join(">") === this.open.map((element) => element.name).join(">")
    if (isItem || this.within.length > 0) {
      const element = { name, qualifiedName: tag.name, uri, text: "", children: [] }
      this.within.at(-1)?.children.push(element)
      this.within.push(element)
    }
  }

  private pathFrom(root: SaxesTagNS): string[] {
    if (!this.isDeclared) {
      refuse("The file does not begin with the XML declaration.")
    }
    const place = Object.hasOwn(PLACES, root.local) ? PLACES[root.local as keyof typeof PLACES] : undefined
    if (!place || root.uri !== place.uri) {
      refuse("The root is neither rss nor an Atom feed.")
    }
    if (root.local === "rss" && root.attributes.version?.value !== "2.0") {
      refuse("Of RSS only version 2.0 is known.")
    }
    return place.path
  }

  private add(text: string): void {
    const element = this.within.at(-1)
    if (element) {
      this.length += text.length
      if (this.length > this.longestItem) {
        throw new XmlItemTooLong()
      }
      element.text += text
    }
  }

  private leave(): void {
    this.open.pop()
    const left = this.within.pop()
    if (left && this.within.length === 0) {
      this.items.push(left.children)
      this.length = 0
    }
  }
}

function refuse(reason: string): never {
  throw new XmlRefused(reason)
}
