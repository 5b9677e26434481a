import { readFileSync } from "node:fs"
import { join } from "node:path"
import { defaultSources } from "../default-sources"
import { EXTRA_COLUMNS, FEED_FIELDS, fieldOf, type FeedField } from "../field-table"

/** The columns of Meta's commerce data model, from its catalogue reference and its guides. */
const OF_META = (
  "id title description rich_text_description availability condition price link image_link image brand gtin mpn quantity_to_sell_on_facebook inventory " +
  "sale_price sale_price_effective_date item_group_id status visibility additional_image_link mobile_link google_product_category fb_product_category " +
  "product_type color size gender age_group material pattern additional_variant_attribute shipping shipping_weight shipping_profile_reference_id tax " +
  "commerce_tax_category custom_label_0 custom_label_1 custom_label_2 custom_label_3 custom_label_4 custom_number_0 custom_number_1 custom_number_2 " +
  "custom_number_3 custom_number_4 internal_label expiration_date availability_date offer_price offer_price_effective_date return_policy_info unit_price " +
  "video origin_country importer_name importer_address manufacturer_info wa_compliance_category disabled_capabilities applink ordering_index vendor_id " +
  "user_rating rating_count previous_id override"
).split(" ")

/** `inventory` and `visibility` are other names of columns that are written; `override` is in feeds for countries and languages, which have rows of their own. */
const NOT_IN_ROWS = ["inventory", "visibility", "override"]

describe("the table of columns", () => {
  it("has every column of Meta's data model, each once", () => {
    expect(OF_META).toHaveLength(68)
    expect(FEED_FIELDS.map((field) => field.name).sort()).toEqual(OF_META.filter((name) => !NOT_IN_ROWS.includes(name)).sort())
  })

  it("says of every column that is always in a file what fills it", () => {
    for (const { name } of FEED_FIELDS) expect(defaultSources(name).length > 0).toBe(!(EXTRA_COLUMNS as readonly string[]).includes(name))
  })

  it("finds a column by its name", () => {
    expect(fieldOf("custom_label_0")).toMatchObject({ maxLength: 100, kind: { is: "text" } })
    expect(fieldOf("inventory")).toBeUndefined()
    expect(fieldOf("constructor")).toBeUndefined()
  })

  it("is what the documentation says", () => {
    const documented = readFileSync(join(__dirname, "../../../../docs/columns.md"), "utf-8")
    for (const field of FEED_FIELDS) expect(documented).toContain(documentedLine(field))
    const lines = documented.split("\n").filter((line) => /^\| `[a-z_0-9]+` \| (yes|no|fixed) \|/.test(line))
    expect(lines).toHaveLength(FEED_FIELDS.length)
  })
})

/** One line of the table in the documentation. */
function documentedLine({ name, required, maxLength, kind, fixed, shared }: FeedField & { name: Parameters<typeof defaultSources>[0] }): string {
  const set = fixed ? "fixed" : "yes"
  const marks = [required ? "required" : "", shared ? "same for all variants" : ""].filter(Boolean).join(", ")
  const sources = defaultSources(name).map((source) => (source.startsWith("(") ? source.slice(1, -1) : `\`${source}\``))
  return `| \`${name}\` | ${set} | ${kindWords(kind)} | ${maxLength ?? ""} | ${marks} | ${sources.join(", ")} |`
}

function kindWords(kind: FeedField["kind"]): string {
  switch (kind.is) {
    case "choice":
    case "choices":
      return `${kind.is}: ${kind.values.join(", ")}`
    case "number":
      return `${kind.isWhole ? "whole number" : "number"} ${kind.lowest} to ${kind.highest}`
    case "urls":
    case "media":
    case "labels":
      return `${kind.is}, at most ${kind.most}`
    case "object":
      return `object: ${kind.keys.join(", ")}`
    case "path":
      return `path of at least ${kind.levels} levels, or an id`
    case "form":
      return kind.words
    default:
      return kind.is.replace(/_/g, " ")
  }
}
