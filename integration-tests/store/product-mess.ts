/** A product file in the common layout with every trouble such files have, and what is to become of each line. All of it is made up. */

const HEADER = [
  "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value",
  "Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Price", "Variant Compare At Price",
  "Variant Requires Shipping", "Variant Barcode", "Image Src", "Image Position", "Gift Card",
  "Google Shopping / Google Product Category", "Google Shopping / Gender", "Google Shopping / Age Group", "Google Shopping / Condition", "Variant Image", "Status",
] as const

type Cells = Partial<Record<(typeof HEADER)[number], string>>

/** What becomes of a line: an item under this id (null: the variant's own) with these issues, no item, or a refusal by this reason. */
type Fate = { id: string | null; issues?: string[] } | { hidden: true } | { refused: string } | { image: true }

type Line = { cells: Cells; fate: Fate; remark?: string }

const image = (name: string) => `https://cdn.example.com/mess/${name}.jpg`

let made = 0

/** A good product of one variant, with one thing changed. */
function single(handle: string, patch: Cells, fate: Fate, remark?: string): Line {
  made += 1
  const cells: Cells = {
    Handle: handle,
    Title: `Piece ${made}`,
    "Body (HTML)": `<p>Piece number ${made} of the range.</p>`,
    Vendor: "Mess & Sons",
    Published: "TRUE",
    "Option1 Name": "Title",
    "Option1 Value": "Default Title",
    "Variant SKU": handle.toUpperCase(),
    "Variant Inventory Tracker": "shop",
    "Variant Inventory Qty": "7",
    "Variant Inventory Policy": "deny",
    "Variant Price": "24.50",
    "Image Src": image(handle),
    "Image Position": "1",
    Status: "active",
    ...patch,
  }
  return { cells, fate, remark }
}

const item = (id: string | null, ...issues: string[]): Fate => ({ id, issues })
const HIDDEN: Fate = { hidden: true }

/** A line after a product's first: it repeats the handle and leaves out what belongs to the product. */
function more(handle: string, cells: Cells, fate: Fate): Line {
  return { cells: { Handle: handle, ...cells }, fate }
}

const stocked = { "Variant Inventory Tracker": "shop", "Variant Inventory Qty": "3", "Variant Inventory Policy": "deny" }

const LINES: Line[] = [
  // Variants and images on further lines, one image twice.
  single("tee", { "Option1 Name": "Size", "Option1 Value": "S", "Option2 Name": "Colour", "Option2 Value": "Red", "Variant SKU": "TEE-S", Tags: "summer, Cotton, summer, \"quoted\"" }, item("TEE-S")),
  more("tee", { "Option1 Value": "M", "Option2 Value": "Red", "Variant SKU": "TEE-M", "Variant Price": "24.50", "Image Src": image("tee-back"), "Image Position": "3", ...stocked }, item("TEE-M")),
  more("tee", { "Option1 Value": "L", "Option2 Value": "Red", "Variant SKU": "TEE-L", "Variant Price": "24,50", "Image Src": image("tee"), "Image Position": "2", "Variant Image": image("tee-large"), ...stocked }, item("TEE-L")),
  more("tee", { "Image Src": image("tee-side"), "Image Position": "4" }, { image: true }),
  more("tee", { "Option1 Value": "XL", "Option2 Value": "", "Variant SKU": "TEE-XL", "Variant Price": "24.50", ...stocked }, { refused: 'the option "Colour" has no value' }),
  more("tee", { "Option1 Value": "M", "Option2 Value": "Red", "Variant SKU": "TEE-M2", "Variant Price": "24.50", ...stocked }, { refused: "its options are those of line 3" }),
  single("three", { "Option1 Name": "Size", "Option1 Value": "40", "Option2 Name": "Color", "Option2 Value": "Black", "Option3 Name": "Heel", "Option3 Value": "Flat: 1,5 cm", "Variant SKU": "THREE-1" }, item("THREE-1")),
  more("three", { "Option1 Value": "40", "Option2 Value": "Black", "Option3 Value": "High", "Variant SKU": "THREE-2", "Variant Price": "31", ...stocked }, item("THREE-2")),

  // Prices.
  single("sale", { "Variant Price": "39.90", "Variant Compare At Price": "49.90" }, item("SALE")),
  single("no-sale", { "Variant Price": "39.90", "Variant Compare At Price": "39.90" }, item("NO-SALE")),
  single("cheaper-before", { "Variant Price": "39.90", "Variant Compare At Price": "10" }, item("CHEAPER-BEFORE")),
  single("comma", { "Variant Price": "1.299,00" }, item("COMMA")),
  single("sign", { "Variant Price": "€ 1,049.50" }, item("SIGN")),
  single("named", { "Variant Price": "15 EUR" }, item("NAMED")),
  single("thousand", { "Variant Price": "2,400" }, item("THOUSAND")),
  single("blank", { "Variant Price": "" }, item("BLANK", "price_missing")),
  single("words", { "Variant Price": "on request" }, item("WORDS", "price_missing"), 'the price "on request" is not a number and was left out'),
  single("dollars", { "Variant Price": "$12.00" }, item("DOLLARS", "price_missing"), 'the price "$12.00" is not in EUR and was left out'),
  single("zero", { "Variant Price": "0.00" }, item("ZERO", "price_not_positive")),
  single("minus", { "Variant Price": "-5.00" }, item("MINUS", "price_not_positive")),

  // Ids.
  single("again", { "Variant SKU": "TEE-S" }, { refused: 'the SKU "TEE-S" is that of line 2' }),
  single("without-sku", { "Variant SKU": "" }, item(null, "sku_missing")),
  single("long-sku", { "Variant SKU": "S".repeat(101) }, item(null, "retailer_id_too_long")),
  single("tee", {}, { refused: 'the handle "tee" has been used further above' }),
  single("Big Handle", { "Variant SKU": "BIG-HANDLE" }, item("BIG-HANDLE"), 'the handle "Big Handle" became "big-handle"'),
  single("🔥", {}, { refused: 'the handle "🔥" has no letter or digit that a web address could hold' }),
  single("", {}, { refused: "the handle is missing, so nothing says which product the line belongs to" }),
  single("untitled", { Title: "" }, { refused: "the first line of the product has no title" }),

  // Texts.
  single("html", { "Body (HTML)": '<script>alert("x")</script><h2>Care &amp; use</h2><table><tr><td>30&deg;</td><td>wash</td></tr></table><p onclick="x()">Fit for <b>all</b> days</p>' }, item("HTML")),
  single("angles", { "Body (HTML)": "Holds &lt;b&gt; and 3 &lt; 4" }, item("ANGLES", "PROPERTY_VALUE_CONTAINS_HTML_TAGS")),
  single("emoji", { Title: "Mug 👩‍👩‍👧 with 🇩🇪", "Body (HTML)": "Ends well ]]> & <b>bold</b> 😀" }, item("EMOJI")),
  single("hebrew", { Title: "חולצה כחולה", "Body (HTML)": "<p dir=\"rtl\">חולצה נעימה</p>" }, item("HEBREW")),
  single("formula", { Title: "=1+1 notebook", "Body (HTML)": "Line one\nline \"two\",\tand three" }, item("FORMULA")),
  single("null", { Title: "Half\u0000 a title" }, item("NULL")),
  single("bare", { "Body (HTML)": "" }, item("BARE", "description_missing")),
  single("empty-html", { "Body (HTML)": "<p>&nbsp;</p><img src=x>" }, item("EMPTY-HTML", "description_missing")),
  single("long-title", { Title: `Long ${"and longer ".repeat(30)}` }, item("LONG-TITLE", "title_cut")),
  single("long-body", { "Body (HTML)": `<p>${"Words upon words. ".repeat(900)}</p>` }, item("LONG-BODY", "description_cut")),
  single("shouting", { Title: "BIGGEST SALE EVER" }, item("SHOUTING", "PROPERTY_VALUE_UPPERCASE_WARNING", "title_all_capitals")),
  single("long-brand", { Vendor: "B".repeat(30).concat(" and brothers").repeat(4) }, item("LONG-BRAND", "brand_cut")),
  single("no-brand", { Vendor: "" }, item("NO-BRAND")),

  // Images.
  single("no-image", { "Image Src": "", "Image Position": "" }, item("NO-IMAGE", "image_missing")),
  single("relative", { "Image Src": "/files/relative.jpg" }, item("RELATIVE", "image_url_invalid")),
  single("no-scheme", { "Image Src": "//cdn.example.com/mess/no-scheme.jpg" }, item("NO-SCHEME")),
  single("http", { "Image Src": "http://cdn.example.com/mess/a b,c.jpg" }, item("HTTP")),

  // What is not for sale, and stock.
  single("draft", { Status: "draft" }, HIDDEN),
  single("archived", { Status: "archived" }, HIDDEN),
  single("unpublished", { Published: "FALSE" }, HIDDEN),
  single("sold-out", { "Variant Inventory Qty": "0" }, item("SOLD-OUT")),
  single("oversold", { "Variant Inventory Qty": "-4" }, item("OVERSOLD"), "the quantity -4 became 0"),
  single("goes-on", { "Variant Inventory Qty": "0", "Variant Inventory Policy": "continue" }, item("GOES-ON")),
  single("untracked", { "Variant Inventory Tracker": "", "Variant Inventory Qty": "" }, item("UNTRACKED")),
  single("gift", { "Gift Card": "true", "Variant Requires Shipping": "false", "Variant Inventory Tracker": "", "Option1 Name": "Denominations", "Option1 Value": "10", "Variant Price": "10", "Variant SKU": "GIFT-10" }, item("GIFT-10")),

  // Codes and categories.
  single("ean", { "Variant Barcode": "'4006381333931" }, item("EAN")),
  single("ean-again", { "Variant Barcode": "4006381333931" }, item("EAN-AGAIN"), 'the barcode "4006381333931" is that of line 56 and was left out'),
  single("wrong-ean", { "Variant Barcode": "4006381333932" }, item("WRONG-EAN", "gtin_invalid")),
  single("own-code", { "Variant Barcode": "SHELF-12" }, item("OWN-CODE")),
  single("category", { "Google Shopping / Google Product Category": "Apparel & Accessories > Clothing > Shirts & Tops", "Google Shopping / Gender": "Female", "Google Shopping / Age Group": "Adult", "Google Shopping / Condition": "new", Type: "Shirts" }, item("CATEGORY")),
  single("no-category", { "Google Shopping / Google Product Category": "Things > Nice ones" }, item("NO-CATEGORY", "google_product_category_unknown")),
  single("womens", { "Google Shopping / Gender": "womens" }, item("WOMENS", "gender_unknown")),
  single("worn", { "Google Shopping / Condition": "worn once" }, item("WORN", "condition_unknown")),
]

/** Lines nobody's software should have written: one that is too short, a quote inside of a cell, and one that never ends. */
const BROKEN: { text: string; fate: Fate }[] = [
  { text: "short,Short line,Ends early,Mess & Sons", fate: { id: null, issues: ["image_missing", "price_missing", "sku_missing"] } },
  { text: 'inches,Shelf 12" wide,A shelf,Mess & Sons,,,TRUE,Title,Default Title,,,,,INCHES,,shop,2,deny,80,,,,https://cdn.example.com/mess/inches.jpg,1', fate: { id: "INCHES", issues: [] } },
  { text: 'endless,"A quote that never ends,Body', fate: { refused: "the line cannot be read, nor what follows as part of it" } },
]

/** The line numbers count cells that break lines. */
function numbered(): { line: number; text: string; fate: Fate; remark?: string }[] {
  let line = 2
  const all = [...LINES.map(({ cells, ...rest }) => ({ text: HEADER.map((name) => quoted(cells[name] ?? "")).join(","), ...rest })), ...BROKEN]
  return all.map((one) => {
    const at = line
    line += one.text.split("\n").length
    return { ...one, line: at }
  })
}

/** Every cell that needs quotes has them, as spreadsheets write it. */
function quoted(cell: string): string {
  return /[",\n\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** The file as Windows writes it, with a byte order mark. */
export function messFile(): string {
  return `\uFEFF${[HEADER.join(","), ...numbered().map(({ text }) => text)].join("\r\n")}\r\n`
}

/** What is to become of the file: refusals and remarks by line, and the issues of every item that is offered, by retailer id. */
export function messFates() {
  const lines = numbered()
  return {
    refused: lines.flatMap(({ line, fate }) => ("refused" in fate ? [{ line, reason: fate.refused }] : [])),
    remarks: lines.flatMap(({ line, remark }) => (remark ? [{ line, reason: remark }] : [])),
    /** `line` names the item where the file gives it no SKU. */
    items: lines.flatMap(({ line, fate }) => ("id" in fate ? [{ line, id: fate.id, issues: fate.issues ?? [] }] : [])),
    hidden: lines.filter(({ fate }) => "hidden" in fate).length,
  }
}
