import type { Cell } from "./feed-parse"
import { COLUMN_ALIASES, FIELD_RULES, REQUIRED_FIELDS } from "./field-rules"
import type { Origin } from "./field-values"
import { missingField, type Problem } from "./problems"

/** One column of a file, resolved once from its header; `path` places a flattened cell such as image[0].url. */
export type Column =
  | { kind: "field"; field: string; rewrite?: (text: string) => string }
  | { kind: "media"; field: "image" | "video"; index: number; tag: number | null }
  | { kind: "unknown"; name: string }

/** A row after validation. `fields` are the values to write, null to clear; `missing` are required fields it has no value for. */
export type ValidatedRow = {
  retailer_id: string | null
  fields: Record<string, unknown>
  missing: string[]
  problems: Problem[]
}

const MEDIA_HEADER = /^(image|video)\[(\d{1,2})\]\.(?:url|tag\[(\d{1,2})\])$/

export function resolveColumns(header: string[]): Column[] {
  const taken = new Set<string>()
  return header.map((name) => {
    const flattened = MEDIA_HEADER.exec(name)
    if (flattened) {
      const [, field, index, tag] = flattened
      return { kind: "media", field: field as "image" | "video", index: Number(index), tag: tag === undefined ? null : Number(tag) }
    }
    const alias = COLUMN_ALIASES[name]
    const field = alias?.name ?? name
    if (!Object.hasOwn(FIELD_RULES, field) || taken.has(field)) {
      return { kind: "unknown", name }
    }
    taken.add(field)
    return { kind: "field", field, rewrite: alias?.value }
  })
}

/**
 * Checks one row against the field table. An empty cell clears its field in a replace file and says nothing in an update file
 * (the latter is unconfirmed at Meta).
 */
export function validateRow(cells: Cell[], columns: Column[], options: { origin: Origin; clearEmpty: boolean }): ValidatedRow {
  const { values, cleared } = collectCells(cells, columns)
  const row: ValidatedRow = { retailer_id: null, fields: {}, missing: [], problems: [] }
  for (const [field, raw] of values) {
    checkField(row, field, raw, options.origin)
  }
  if (options.clearEmpty) {
    for (const field of cleared) {
      row.fields[field] ??= null
    }
  }
  row.retailer_id = typeof row.fields.id === "string" ? row.fields.id : ((values.get("id") as string | undefined) ?? null)
  const refused = new Set(row.problems.filter((problem) => problem.severity === "fatal").map((problem) => problem.field))
  row.missing = REQUIRED_FIELDS.filter((field) => !refused.has(field) && !hasValue(row.fields, field))
  if (row.missing.includes("id")) {
    row.problems.push(missingField("id"))
    row.missing = row.missing.filter((field) => field !== "id")
  }
  checkTogether(row.fields, row.problems)
  delete row.fields.id
  return row
}

/** Checks one field's value and puts it, or what is wrong with it, into `row`. */
export function checkField(row: Pick<ValidatedRow, "fields" | "problems">, field: string, raw: unknown, origin: Origin): void {
  const rule = FIELD_RULES[field]
  const checked = rule.check(raw, origin, field)
  if ("value" in checked) {
    row.fields[field] = checked.value
    return
  }
  row.problems.push({ ...checked, field, severity: rule.required ? "fatal" : "warning" })
}

/** Rules about several fields at once, and remarks that leave the values alone. A sale price that cannot hold is taken out. */
export function checkTogether(fields: Record<string, unknown>, problems: Problem[]): void {
  if (typeof fields.sale_price === "string" && typeof fields.price === "string" && !isSale(fields.sale_price, fields.price)) {
    delete fields.sale_price
    problems.push(remark("INVALID_SALE_PRICE", "sale_price", "Invalid Sale Price: sale_price", "The sale price must be below the price."))
  }
  if (fields.availability === "in stock" && fields.quantity_to_sell_on_facebook === 0) {
    problems.push(
      remark(
        "INVENTORY_ZERO_AVAILABILITY_IN_STOCK",
        "quantity_to_sell_on_facebook",
        "Quantity Is 0 While in Stock: quantity_to_sell_on_facebook",
        "An item in stock with a quantity of 0 cannot be bought."
      )
    )
  }
  if (fields.visibility === "staging") {
    problems.push(remark("PRODUCT_ITEM_NOT_VISIBLE", "visibility", "Product Not Visible: visibility", "The item is stored but hidden."))
  }
  for (const field of ["title", "description"]) {
    const value = fields[field]
    if (typeof value === "string" && /\p{L}{2}/u.test(value) && value === value.toUpperCase() && value !== value.toLowerCase()) {
      problems.push(
        remark("PROPERTY_VALUE_UPPERCASE_WARNING", field, `${field}: Field contains all uppercase letters`, "Write it in mixed case.")
      )
    }
  }
  if (typeof fields.description === "string" && /<\/?[a-z][^>]*>/i.test(fields.description)) {
    problems.push(
      remark("PROPERTY_VALUE_CONTAINS_HTML_TAGS", "description", "HTML in Text: description", "Use rich_text_description for HTML.")
    )
  }
}

function hasValue(fields: Record<string, unknown>, field: string): boolean {
  if (field === "image_link" && Array.isArray(fields.image) && fields.image.length > 0) {
    return true
  }
  return fields[field] !== undefined && fields[field] !== null && fields[field] !== ""
}

/** Required fields an item with these fields would lack. */
export function missingFields(fields: Record<string, unknown>): string[] {
  return REQUIRED_FIELDS.filter((field) => field !== "id" && !hasValue(fields, field))
}

function isSale(sale: string, price: string): boolean {
  const [saleAmount, saleCurrency] = sale.split(" ")
  const [amount, currency] = price.split(" ")
  return saleCurrency === currency && Number(saleAmount) < Number(amount)
}

function remark(error_type: Problem["error_type"], field: string, summary: string, description: string): Problem {
  return { error_type, severity: "warning", field, summary, description }
}

type Media = { url?: string; tag?: string[] }

function collectCells(cells: Cell[], columns: Column[]) {
  const values = new Map<string, unknown>()
  const cleared: string[] = []
  columns.forEach((column, index) => {
    const raw = cells[index]
    const cell = typeof raw === "string" ? raw.trim() : raw
    if (cell === undefined || column.kind === "unknown") {
      return
    }
    if (column.kind === "field") {
      if (cell === "") {
        cleared.push(column.field)
      } else {
        values.set(column.field, column.rewrite && typeof cell === "string" ? column.rewrite(cell) : cell)
      }
      return
    }
    if (cell !== "" && typeof cell === "string") {
      const list = (values.get(column.field) as Media[] | undefined) ?? []
      values.set(column.field, list)
      const entry = (list[column.index] ??= {})
      if (column.tag === null) {
        entry.url = cell
      } else {
        entry.tag = [...(entry.tag ?? []), cell]
      }
    }
  })
  return { values, cleared }
}
