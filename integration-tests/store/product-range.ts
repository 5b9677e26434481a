/** What a seeded store sells: a fixed range with every kind of product and variant that is hard for a catalogue. */

/** Why a variant is in the range. Facts name the variants of each kind by it. */
export type Kind =
  | "plain"
  | "size_colour"
  | "sale"
  | "kit"
  | "unmanaged"
  | "backorder"
  | "sold_out"
  | "only_elsewhere"
  | "html_description"
  | "odd_text"
  | "long_title"
  | "no_description"
  | "no_image"
  | "no_price"
  | "eur_only"
  | "region_price"
  | "no_sku"
  | "long_sku"
  | "wrong_gtin"
  | "draft"
  | "other_channel"

/** Stock per location. The first two supply the shop's sales channel, `repairs` does not. */
export interface Stock {
  berlin: number
  rotterdam: number
  repairs: number
}

export interface PlannedVariant {
  kind: Kind
  title: string
  sku: string | null
  barcode: string | null
  options: Record<string, string>
  /** In whole units of the currency, as Medusa stores them. */
  prices: { eur?: number; usd?: number; europe?: number }
  /** Sale prices of the running price list. */
  sale?: { eur: number; usd: number }
  manageInventory: boolean
  allowBackorder: boolean
  /** Null where other inventory items supply the variant, or none. */
  stock: Stock | null
  /** SKUs of inventory items, each with how many of it one sold unit takes. */
  kit?: { component: string; quantity: number }[]
}

export interface PlannedProduct {
  title: string
  handle: string
  subtitle: string | null
  description: string | null
  category: string
  collection: string | null
  material: string | null
  status: "published" | "draft"
  inShop: boolean
  images: string[]
  options: Record<string, string[]>
  variants: PlannedVariant[]
}

/** Inventory items no variant owns alone; kits are put together from them. */
export const components: { sku: string; title: string; stock: Stock }[] = [
  { sku: "PART-TENT", title: "Tent", stock: { berlin: 9, rotterdam: 4, repairs: 2 } },
  { sku: "PART-PEG", title: "Tent peg", stock: { berlin: 70, rotterdam: 45, repairs: 0 } },
  { sku: "PART-MUG", title: "Enamel mug", stock: { berlin: 31, rotterdam: 12, repairs: 5 } },
  { sku: "PART-STOVE", title: "Gas stove", stock: { berlin: 6, rotterdam: 0, repairs: 1 } },
]

export const categories = ["Jackets", "Shirts", "Trousers", "Shoes", "Camping", "Kitchen", "Gifts"]
export const collections = ["Winter range", "Everyday"]

const colours = ["Moss", "Slate", "Rust", "Sand", "Ink"]
const sizes = ["XS", "S", "M", "L", "XL"]

const clothes: { title: string; category: string; colours: number; sizes: number; eur: number; material: string; sale?: boolean }[] = [
  { title: "Fjord Rain Jacket", category: "Jackets", colours: 4, sizes: 5, eur: 149, material: "Nylon" },
  { title: "Alder Down Jacket", category: "Jackets", colours: 3, sizes: 4, eur: 229, material: "Down", sale: true },
  { title: "Tarn Fleece", category: "Jackets", colours: 4, sizes: 4, eur: 79.9, material: "Polyester" },
  { title: "Birch Softshell", category: "Jackets", colours: 2, sizes: 5, eur: 119, material: "Polyester" },
  { title: "Heath Linen Shirt", category: "Shirts", colours: 4, sizes: 4, eur: 64.5, material: "Linen" },
  { title: "Dune Flannel Shirt", category: "Shirts", colours: 3, sizes: 4, eur: 59, material: "Cotton", sale: true },
  { title: "Marsh Merino T-Shirt", category: "Shirts", colours: 5, sizes: 5, eur: 49.95, material: "Merino wool" },
  { title: "Ridge Base Layer", category: "Shirts", colours: 2, sizes: 4, eur: 54.9, material: "Merino wool" },
  { title: "Gorse Oxford Shirt", category: "Shirts", colours: 3, sizes: 5, eur: 69, material: "Cotton" },
  { title: "Quarry Work Trousers", category: "Trousers", colours: 3, sizes: 4, eur: 89, material: "Cotton" },
  { title: "Lowland Chinos", category: "Trousers", colours: 3, sizes: 4, eur: 74, material: "Cotton" },
  { title: "Scree Hiking Trousers", category: "Trousers", colours: 2, sizes: 5, eur: 99, material: "Nylon", sale: true },
  { title: "Weir Running Shorts", category: "Trousers", colours: 4, sizes: 4, eur: 39.5, material: "Polyester" },
]

const shoes = [
  { title: "Pilgrim Hiking Boot", eur: 189, sizes: ["38", "39", "40", "41", "42", "43", "44"] },
  { title: "Harbour Trainer", eur: 109, sizes: ["38", "39", "40", "41", "42", "43"] },
  { title: "Alp Hut Slipper", eur: 45, sizes: ["38-39", "40-41", "42-43"] },
]

const single = [
  "Enamel Kettle", "Cast Iron Pan", "Oak Chopping Board", "Bread Knife", "Linen Tea Towel", "Storm Lantern", "Camping Chair", "Folding Table",
  "Wool Blanket", "Water Bottle 1 l", "Water Bottle 0.5 l", "Thermos Flask", "Head Torch", "Pocket Knife", "Fire Steel", "Dry Bag 20 l",
  "Dry Bag 40 l", "Sleeping Mat", "Summer Sleeping Bag", "Winter Sleeping Bag", "Trail Map Harz", "Trail Map Eifel", "First Aid Kit",
  "Spice Tin Set", "Coffee Grinder", "Espresso Pot",
]

/** The whole range: {@link clothes}, {@link shoes}, single articles, and one product or more for every hard case. */
export function productRange(): PlannedProduct[] {
  return [...clothes.map(clothing), ...shoes.map(footwear), ...single.map(article), ...kits(), ...stockCases(), ...textCases(), ...gaps()]
}

function clothing(line: (typeof clothes)[number]): PlannedProduct {
  const usedColours = colours.slice(0, line.colours)
  const usedSizes = sizes.slice(0, line.sizes)
  return product({
    title: line.title,
    subtitle: `${line.material}, made in Portugal`,
    category: line.category,
    collection: line.sale ? "Winter range" : "Everyday",
    material: line.material,
    images: usedColours.map((colour) => image(line.title, colour.toLowerCase())),
    options: { Size: usedSizes, Colour: usedColours },
    variants: usedColours.flatMap((Colour) =>
      usedSizes.map((Size) =>
        variant({
          kind: line.sale ? "sale" : "size_colour",
          title: `${Size} / ${Colour}`,
          sku: `${slug(line.title)}-${Colour}-${Size}`.toUpperCase(),
          options: { Size, Colour },
          prices: { eur: line.eur, usd: inDollars(line.eur) },
          ...(line.sale && { sale: { eur: reduced(line.eur), usd: reduced(inDollars(line.eur)) } }),
        }),
      ),
    ),
  })
}

function footwear(line: (typeof shoes)[number]): PlannedProduct {
  return product({
    title: line.title,
    category: "Shoes",
    material: "Leather",
    options: { Size: line.sizes },
    variants: line.sizes.map((Size) =>
      variant({ title: Size, sku: `${slug(line.title)}-${Size}`.toUpperCase(), kind: "plain", options: { Size }, prices: { eur: line.eur, usd: inDollars(line.eur) } }),
    ),
  })
}

function article(title: string, index: number): PlannedProduct {
  const eur = 6.5 + ((index * 37) % 120)
  return product({
    title,
    category: index % 2 === 0 ? "Kitchen" : "Camping",
    variants: [variant({ kind: "plain", title, sku: `ART-${1000 + index}`, prices: { eur, usd: inDollars(eur) } })],
  })
}

function kits(): PlannedProduct[] {
  const kit = (title: string, sku: string, eur: number, parts: PlannedVariant["kit"]) =>
    product({
      title,
      category: "Camping",
      variants: [{ ...variant({ kind: "kit", title, sku, prices: { eur, usd: inDollars(eur) } }), stock: null, kit: parts }],
    })
  return [
    kit("Tent with 8 Pegs", "KIT-TENT", 259, [{ component: "PART-TENT", quantity: 1 }, { component: "PART-PEG", quantity: 8 }]),
    kit("Mug Set of Four", "KIT-MUGS", 39, [{ component: "PART-MUG", quantity: 4 }]),
    kit("Camp Kitchen", "KIT-KITCHEN", 99, [{ component: "PART-STOVE", quantity: 1 }, { component: "PART-MUG", quantity: 2 }]),
  ]
}

function stockCases(): PlannedProduct[] {
  const one = (title: string, kind: Kind, change: Partial<PlannedVariant>, more: Partial<PlannedProduct> = {}) =>
    product({ title, category: "Gifts", ...more, variants: [{ ...variant({ kind, title, sku: `STK-${slug(title)}`.toUpperCase(), prices: { eur: 25, usd: 27 } }), ...change }] })
  return [
    one("Repair Voucher", "unmanaged", { manageInventory: false, stock: null }),
    one("Route Plan as PDF", "unmanaged", { manageInventory: false, stock: null }),
    one("Made-to-order Rucksack", "backorder", { allowBackorder: true, stock: { berlin: 0, rotterdam: 0, repairs: 0 } }),
    one("Waxed Cotton Bag", "backorder", { allowBackorder: true, stock: { berlin: 3, rotterdam: 0, repairs: 0 } }),
    one("Last Season's Scarf", "sold_out", { stock: { berlin: 0, rotterdam: 0, repairs: 0 } }),
    one("Compass, second choice", "only_elsewhere", { stock: { berlin: 0, rotterdam: 0, repairs: 14 } }),
    one("Bulk Tea Lights (Pallet)", "other_channel", {}, { inShop: false }),
    one("Spring Preview Hat", "draft", {}, { status: "draft" }),
  ]
}

function textCases(): PlannedProduct[] {
  const text = (title: string, kind: Kind, more: Partial<PlannedProduct>, name = slug(title)) =>
    product({ title, handle: name, category: "Kitchen", variants: [variant({ kind, title: "One size", sku: `TXT-${name}`.toUpperCase(), prices: { eur: 18, usd: 19.5 } })], ...more })
  return [
    text("Beeswax Candle", "html_description", {
      description:
        '<h2>Pure beeswax</h2><p>Burns for <strong>20&nbsp;hours</strong>, smells of honey &amp; hay.</p><ul><li>No paraffin</li><li>Cotton wick</li></ul><p>See <a href="https://shop.example.com/care">care</a>.<br/>Keep away from children.</p><script>alert("no")</script>',
    }),
    text("Herb Salt", "html_description", { description: "<div>Sea salt<span> with</span> thyme &lt;3<p>Grüße aus dem Garten &#127807;</p></div>" }),
    text('12" "Maple" Board, cut & sanded 🪵', "odd_text", { description: 'Line one, with a comma\nLine "two"\r\nLine three;\ttab, = sign and a backslash \\' }, "maple-board"),
    text("=SUM(Plates) – Größe ½", "odd_text", { description: "+49 is a dialling code, @home a place, -1 a number. 日本語, العربية, emoji 👩🏽‍🍳." }, "sum-plates"),
    text("SHOUTING ENAMEL PLATE", "odd_text", { description: "BUY NOW! BEST PRICE! FREE SHIPPING!" }),
    text(`Bowl with a name that goes on ${"and on ".repeat(28)}`.trim(), "long_title", { description: "Long. ".repeat(1200).trim() }, "long-bowl"),
    text("Plain Saucer", "no_description", { description: null }),
  ]
}

function gaps(): PlannedProduct[] {
  const sized = (title: string, kind: Kind, change: (base: PlannedVariant, index: number) => Partial<PlannedVariant>, more: Partial<PlannedProduct> = {}) => {
    const Size = ["Small", "Large"]
    return product({
      title,
      category: "Kitchen",
      options: { Size },
      variants: Size.map((size, index) => {
        const base = variant({ kind, title: size, sku: `GAP-${slug(title)}-${size}`.toUpperCase(), options: { Size: size }, prices: { eur: 30 + index, usd: 33 + index } })
        return { ...base, ...change(base, index) }
      }),
      ...more,
    })
  }
  return [
    sized("Stoneware Jug", "no_image", () => ({}), { images: [] }),
    sized("Copper Pot", "no_price", () => ({ prices: {} })),
    sized("Juice Press", "eur_only", (base) => ({ prices: { eur: base.prices.eur } })),
    sized("Pepper Mill", "region_price", (base) => ({ prices: { ...base.prices, europe: 27 } })),
    sized("Wooden Spoon", "no_sku", () => ({ sku: null })),
    sized("Rolling Pin", "long_sku", (base, index) => ({ sku: `${base.sku}-${"0123456789".repeat(10)}-${index}` })),
    sized("Nutcracker", "wrong_gtin", (base, index) => ({ barcode: index === 0 ? `${base.barcode?.slice(0, 12)}${(Number(base.barcode?.[12]) + 1) % 10}` : "12345" })),
  ]
}

type ProductInput = Pick<PlannedProduct, "title" | "category" | "variants"> & Partial<PlannedProduct>

function product(input: ProductInput): PlannedProduct {
  const options = Object.keys(input.options ?? {}).length > 0 ? input.options! : { Model: ["Standard"] }
  return {
    handle: slug(input.title),
    subtitle: null,
    description: `${input.title}: sturdy, repairable, made to last.`,
    collection: null,
    material: null,
    status: "published",
    inShop: true,
    images: [image(input.title, "front"), image(input.title, "detail")],
    ...input,
    options,
    variants: input.variants.map((each) => ({ ...each, options: Object.keys(each.options).length > 0 ? each.options : { Model: "Standard" } })),
  }
}

type VariantInput = Pick<PlannedVariant, "kind" | "title" | "prices"> & Partial<PlannedVariant> & { sku: string }

function variant(input: VariantInput): PlannedVariant {
  const seed = checksum(input.sku)
  return {
    barcode: ean13(seed),
    options: {},
    manageInventory: true,
    allowBackorder: false,
    stock: { berlin: seed % 23, rotterdam: (seed >>> 3) % 11, repairs: seed % 4 },
    ...input,
  }
}

/** A valid EAN-13 with the prefix GS1 keeps for examples (952). */
function ean13(seed: number): string {
  const digits = `952${String(seed % 1_000_000_000).padStart(9, "0")}`
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** FNV-1a: the same number for the same text on every machine. */
function checksum(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) {
    hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0
  }
  return hash
}

function slug(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
}

function image(title: string, view: string): string {
  return `https://cdn.example.com/products/${slug(title)}/${view}.jpg`
}

function inDollars(eur: number): number {
  return Math.round(eur * 109) / 100
}

function reduced(amount: number): number {
  return Math.round(amount * 75) / 100
}
