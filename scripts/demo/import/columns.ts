/** What the importer reads of a row. */
export type ColumnKey =
  | "handle" | "title" | "body" | "vendor" | "type" | "tags" | "published" | "status" | "giftCard" | "googleCategory" | "gender" | "ageGroup" | "condition" | "mpn"
  | "option1Name" | "option1Value" | "option2Name" | "option2Value" | "option3Name" | "option3Value"
  | "sku" | "barcode" | "grams" | "tracker" | "quantity" | "policy" | "price" | "compareAt" | "variantImage"
  | "imageUrl" | "imagePosition"

/** The names this layout is written with: shops' exports of earlier and of present years differ. Lower case. */
const NAMES: Record<ColumnKey, readonly string[]> = {
  handle: ["handle", "url handle"],
  title: ["title"],
  body: ["body (html)", "body html", "description"],
  vendor: ["vendor", "brand"],
  type: ["type", "product type"],
  tags: ["tags"],
  published: ["published", "published on online store"],
  status: ["status"],
  giftCard: ["gift card"],
  googleCategory: ["google shopping / google product category", "google product category"],
  gender: ["google shopping / gender", "gender"],
  ageGroup: ["google shopping / age group", "age group"],
  condition: ["google shopping / condition", "condition"],
  mpn: ["google shopping / mpn", "mpn"],
  option1Name: ["option1 name", "option 1 name"],
  option1Value: ["option1 value", "option 1 value"],
  option2Name: ["option2 name", "option 2 name"],
  option2Value: ["option2 value", "option 2 value"],
  option3Name: ["option3 name", "option 3 name"],
  option3Value: ["option3 value", "option 3 value"],
  sku: ["variant sku", "sku"],
  barcode: ["variant barcode", "barcode"],
  grams: ["variant grams", "weight value (grams)", "weight (grams)"],
  tracker: ["variant inventory tracker", "inventory tracker"],
  quantity: ["variant inventory qty", "inventory quantity"],
  policy: ["variant inventory policy", "continue selling when out of stock"],
  price: ["variant price", "price"],
  compareAt: ["variant compare at price", "compare-at price", "compare at price"],
  variantImage: ["variant image", "variant image url"],
  imageUrl: ["image src", "product image url", "image url"],
  imagePosition: ["image position"],
}

/** A row by what its cells mean; trimmed, "" where the file has no such column. */
export type Cells = Record<ColumnKey, string>

/**
 * Turns a header into a function that reads a record by it.
 *
 * @throws Error when the file has no column for handles, which is what holds a product's rows together
 */
export function cellReader(header: string[]): (record: string[]) => Cells {
  const names = header.map((name) => name.trim().toLowerCase().replace(/\s+/g, " "))
  const entries = (Object.keys(NAMES) as ColumnKey[]).map((key) => [key, names.findIndex((name) => NAMES[key].includes(name))] as const)
  const handle = entries.find(([key]) => key === "handle")!
  if (handle[1] === -1) {
    throw new Error(`The file has no column Handle; its first line is: ${header.slice(0, 8).join(", ")} …`)
  }
  return (record) => Object.fromEntries(entries.map(([key, index]) => [key, clean(record[index] ?? "")])) as Cells
}

/** PostgreSQL stores every character but the null character. */
function clean(cell: string): string {
  return cell.replaceAll("\u0000", "").trim()
}
