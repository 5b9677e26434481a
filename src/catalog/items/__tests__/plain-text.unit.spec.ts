import fc from "fast-check"
import { cut, isLonger, oneLine, plainText, richText } from "../plain-text"

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
const html = fc
  .array(
    fc.oneof(
      fc.constantFrom("<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<br>", "<h2>", "</h2>", "<script>x()</script>", "<a href='x'>", "</a>", "&amp;", "<"),
      fc.string({ unit: "grapheme", maxLength: 12 })
    ),
    { maxLength: 30 }
  )
  .map((pieces) => pieces.join(""))

describe("plainText", () => {
  it.each([
    ["<p>Glazed &amp; fired.</p><p>By hand.</p>", "Glazed & fired.\n\nBy hand."],
    ["<ul><li>One</li><li>Two</li></ul>", "• One\n• Two"],
    ["First<br>second", "First\nsecond"],
    ["a <b>bold</b>   word\n  on two source lines <!-- hidden -->", "a bold word on two source lines"],
    ["<style>p { color: red }</style>Seen<script>alert(1)</script>", "Seen"],
    ["&lt;b&gt; is a tag, 5 &gt; 3, caf&eacute;", "<b> is a tag, 5 > 3, café"],
    ["plain, with a\nline break and 3 < 5", "plain, with a\nline break and 3 < 5"],
    ["\u0000bad\u0007 bell\u2028separator", "bad bell\nseparator"],
    ["", ""],
  ])("turns %j into %j", (source, text) => expect(plainText(source)).toBe(text))

  it("never leaves control characters or more than one empty line", () => {
    fc.assert(
      fc.property(html, (source) => {
        // eslint-disable-next-line no-control-regex
        expect(plainText(source)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]|\n{3}/)
      })
    )
  })
})

describe("richText", () => {
  it.each([
    ['<p class="x" style="color:red">Hello <span>there</span></p>', "<p>Hello there</p>"],
    ["<b>Tom &amp; Jerry</b>", "<b>Tom &amp; Jerry</b>"],
    ["<p>open <b>ends", "<p>open <b>ends</b></p>"],
    ["<script>x</script><p>y</p>", "<p>y</p>"],
    ["<p> </p>", ""],
    ["no markup & nothing else", ""],
  ])("turns %j into %j", (source, rich) => expect(richText(source, 1000)).toBe(rich))

  it("stays within its limit, closes what it opens and shows only Meta's tags", () => {
    fc.assert(
      fc.property(html, fc.integer({ min: 0, max: 60 }), (source, limit) => {
        const rich = richText(source, limit)
        expect([...rich].length).toBeLessThanOrEqual(limit)
        expect(rich).not.toMatch(LONE_SURROGATE)
        const open: string[] = []
        for (const [, slash, name] of rich.matchAll(/<(\/?)([a-z0-9]+)>/g)) {
          if (slash) expect(open.pop()).toBe(name)
          else if (name !== "br") open.push(name)
        }
        expect(open).toEqual([])
        expect(rich.replace(/<\/?(?:b|i|em|strong|header|h[1-6]|br|p|ul|li)>/g, "")).not.toMatch(/[<>]/)
      }),
      { numRuns: 500 }
    )
  })
})

describe("cut", () => {
  it("cuts to the limit in characters and never splits one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (text, limit) => {
        const short = cut(text, limit)
        expect([...short].length).toBeLessThanOrEqual(limit)
        expect(short).not.toMatch(LONE_SURROGATE)
        if (!isLonger(text, limit)) expect(short).toBe(text)
      })
    )
  })

  it("counts an emoji as the code points it has", () => {
    expect(cut("😀😀😀", 3)).toBe("😀😀😀")
    expect(cut("😀😀😀", 2)).toBe("😀…")
  })
})

it("oneLine joins lines and drops control characters", () => {
  expect(oneLine("  a\u0000\r\n\t b ")).toBe("a b")
})
